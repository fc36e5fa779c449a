import { packedThinking, signedThinking } from '../conversation/thinking-blocks.js';
import { type JsonObject, textOf } from '../json-object.js';
import { calledTool } from '../tools/called-tool.js';
import { customInput } from '../tools/custom-input.js';
import type { GivenTools } from '../tools/tool-names.js';

export type EndStatus = 'completed' | 'incomplete';
export type ItemStatus = 'in_progress' | EndStatus;

/** The id of a Message without its prefix: the ids of a response and its items are made from it. */
export function idOf(messageId: unknown): string {
  return textOf(messageId).replace(/^msg_/, '');
}

export function messageItem(id: string, content: readonly JsonObject[], status: ItemStatus): JsonObject {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', status, content };
}

export function textPart(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

export function refusalPart(refusal: string): JsonObject {
  return { type: 'refusal', refusal };
}

/** A call as an item: of a function, or of a custom tool, which takes one text. */
export function callItem(
  id: string,
  block: JsonObject,
  json: string,
  { status, tools }: { status: ItemStatus; tools: GivenTools },
): JsonObject {
  const { name, namespace, kind } = calledTool(block, tools);
  const called = { status, call_id: block.id, name, ...(namespace ? { namespace } : {}) };
  if (kind !== 'custom') return { id: `fc_${id}`, type: 'function_call', ...called, arguments: json };
  return { id: `ctc_${id}`, type: 'custom_tool_call', ...called, input: customInput(json) };
}

/** Thinking as an item. Clients return it in the next round, which gives the block back to Claude. */
export function reasoningItem(id: string, block: JsonObject, status: ItemStatus): JsonObject {
  const text = textOf(block.thinking);
  return {
    id: `rs_${id}`,
    type: 'reasoning',
    status,
    summary: text === '' ? [] : [summaryPart(text)],
    encrypted_content: status === 'completed' && signedThinking(block) ? packedThinking(block) : null,
  };
}

export function summaryPart(text: string): JsonObject {
  return { type: 'summary_text', text };
}
