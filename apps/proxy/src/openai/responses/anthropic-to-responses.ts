import type { Usage } from '@claude-proxy/messages-api';
import { nowSeconds, promptTokensOf, reasoningTokensOf } from '../chat/anthropic-to-chat.js';
import { countOf, type JsonObject, objectsIn, textOf } from '../json-object.js';
import type { ResponsesRequest } from './responses-request.js';

/** The members of a request that its answer repeats, as OpenAI does. */
export type RepeatedRequest = Partial<
  Pick<
    ResponsesRequest,
    | 'instructions'
    | 'max_output_tokens'
    | 'metadata'
    | 'parallel_tool_calls'
    | 'reasoning'
    | 'temperature'
    | 'text'
    | 'tool_choice'
    | 'tools'
    | 'top_p'
    | 'user'
  >
>;

/** A stream repeats them three times. What is longer stays out, and only settings are repeated. */
const MAX_REPEATED_CHARACTERS = 256 * 1024;

/** How an answer of the Responses API stands. */
export interface ResponseState {
  readonly messageId: unknown;
  readonly model: unknown;
  readonly createdSeconds: number;
  readonly output: readonly JsonObject[];
  /** Undefined while it is being written. */
  readonly stopReason?: unknown;
  readonly usage?: Usage | undefined;
}

const INCOMPLETE: Readonly<Record<string, string>> = {
  max_tokens: 'max_output_tokens',
  model_context_window_exceeded: 'max_output_tokens',
  refusal: 'content_filter',
};

/** A Message as a response. */
export function anthropicToResponses(
  message: JsonObject,
  request: RepeatedRequest,
  createdSeconds = nowSeconds(),
): JsonObject {
  const output = objectsIn(message.content).flatMap((block, index) => itemOf(block, `${idOf(message.id)}_${index}`));
  return responseOf(request, {
    messageId: message.id,
    model: message.model,
    createdSeconds,
    output,
    stopReason: message.stop_reason ?? 'end_turn',
    usage: message.usage as Usage | undefined,
  });
}

export function idOf(messageId: unknown): string {
  return textOf(messageId).replace(/^msg_/, '');
}

/** Every member that OpenAI's clients read; what was asked is repeated, as OpenAI does. */
export function responseOf(request: RepeatedRequest, state: ResponseState): JsonObject {
  const { stopReason, usage } = state;
  const incompleteReason = INCOMPLETE[textOf(stopReason)];
  const status = stopReason === undefined ? 'in_progress' : incompleteReason ? 'incomplete' : 'completed';
  return {
    id: `resp_${idOf(state.messageId)}`,
    object: 'response',
    created_at: state.createdSeconds,
    status,
    completed_at: status === 'completed' ? nowSeconds() : null,
    error: null,
    incomplete_details: incompleteReason ? { reason: incompleteReason } : null,
    model: state.model,
    output: state.output,
    usage: stopReason === undefined ? null : usageOf(usage),
    ...repeated(request),
  };
}

export function repeatedOf(request: ResponsesRequest): RepeatedRequest {
  const { max_output_tokens, parallel_tool_calls, temperature, top_p } = request;
  const { instructions, metadata, reasoning, text, tool_choice, tools, user } = request;
  const settings = { max_output_tokens, parallel_tool_calls, temperature, top_p };
  const others = { instructions, metadata, reasoning, text, tool_choice, tools, user };
  return JSON.stringify(others).length > MAX_REPEATED_CHARACTERS ? settings : { ...settings, ...others };
}

function repeated(request: RepeatedRequest): JsonObject {
  return {
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: null },
    store: false,
    temperature: request.temperature ?? 1,
    text: { format: request.text?.format ?? { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_p: request.top_p ?? 1,
    truncation: 'disabled',
    user: request.user ?? null,
  };
}

function usageOf(usage: Usage | undefined): JsonObject {
  const { all, cached, written } = promptTokensOf(usage);
  const output = countOf(usage?.output_tokens);
  return {
    input_tokens: all,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoningTokensOf(usage) },
    total_tokens: all + output,
  };
}

/** Text and tool calls become items; the rest has no place there. */
function itemOf(block: JsonObject, id: string): JsonObject[] {
  if (block.type === 'text') return [messageItem(id, [textPart(textOf(block.text))], 'completed')];
  return block.type === 'tool_use' ? [callItem(id, block, JSON.stringify(block.input ?? {}), 'completed')] : [];
}

export function messageItem(id: string, content: readonly JsonObject[], status: string): JsonObject {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', status, content };
}

export function textPart(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

export function callItem(id: string, block: JsonObject, callArguments: string, status: string): JsonObject {
  return {
    id: `fc_${id}`,
    type: 'function_call',
    status,
    call_id: block.id,
    name: block.name,
    arguments: callArguments,
  };
}
