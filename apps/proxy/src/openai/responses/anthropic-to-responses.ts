import type { Usage } from '@claude-proxy/messages-api';
import { nowSeconds, promptTokensOf, reasoningTokensOf, refusalOf } from '../chat/anthropic-to-chat.js';
import { isThinking } from '../conversation/thinking-blocks.js';
import { countOf, type JsonObject, objectsIn, textOf } from '../json-object.js';
import type { OpenAiError } from '../openai-errors.js';
import { argumentsOf } from '../tools/called-tool.js';
import type { GivenTools } from '../tools/tool-names.js';
import {
  callItem,
  type EndStatus,
  type ItemStatus,
  idOf,
  messageItem,
  reasoningItem,
  refusalPart,
  textPart,
} from './output-items.js';
import { type RepeatedRequest, repeatedMembers } from './repeated-request.js';

/** How an answer of the Responses API stands. */
export interface ResponseState {
  readonly messageId: unknown;
  readonly model: unknown;
  readonly createdSeconds: number;
  readonly output: readonly JsonObject[];
  /** Undefined while it is being written. */
  readonly stopReason?: unknown;
  readonly usage?: Usage | undefined;
  readonly error?: OpenAiError;
}

const INCOMPLETE: Readonly<Record<string, string>> = {
  max_tokens: 'max_output_tokens',
  model_context_window_exceeded: 'max_output_tokens',
  server_timeout: 'max_output_tokens',
  refusal: 'content_filter',
};

/** The last item of an answer that was cut off is incomplete. */
export function statusOfLast(stopReason: unknown): EndStatus {
  return Object.hasOwn(INCOMPLETE, textOf(stopReason)) ? 'incomplete' : 'completed';
}

/** A Message as a response. */
export function anthropicToResponses(
  message: JsonObject,
  request: RepeatedRequest,
  tools: GivenTools = {},
  createdSeconds = nowSeconds(),
): JsonObject {
  const blocks = objectsIn(message.content);
  const id = idOf(message.id);
  const output = blocks.flatMap((block, index) => {
    const status = index === blocks.length - 1 ? statusOfLast(message.stop_reason) : 'completed';
    return itemOf(block, `${id}_${index}`, status, tools);
  });
  const refusal = refusalOf(message.stop_reason, message.stop_details);
  if (refusal !== null) output.push(messageItem(`${id}_${blocks.length}`, [refusalPart(refusal)], 'completed'));
  return responseOf(request, {
    messageId: message.id,
    model: message.model,
    createdSeconds,
    output,
    stopReason: message.stop_reason ?? 'end_turn',
    usage: message.usage as Usage | undefined,
  });
}

/** Every member that OpenAI's clients read; what was asked is repeated, as OpenAI does. */
export function responseOf(request: RepeatedRequest, state: ResponseState): JsonObject {
  const { stopReason, usage, error } = state;
  const incompleteReason = error ? undefined : INCOMPLETE[textOf(stopReason)];
  const status = statusOf(state, incompleteReason);
  return {
    id: `resp_${idOf(state.messageId)}`,
    object: 'response',
    created_at: state.createdSeconds,
    status,
    completed_at: status === 'completed' ? nowSeconds() : null,
    error: error ? { code: error.code ?? 'server_error', message: error.message } : null,
    incomplete_details: incompleteReason ? { reason: incompleteReason } : null,
    model: state.model,
    output: state.output,
    usage: stopReason === undefined && !error ? null : usageOf(usage),
    ...repeatedMembers(request),
  };
}

function statusOf({ stopReason, error }: ResponseState, incompleteReason: string | undefined): string {
  if (error) return 'failed';
  if (stopReason === undefined) return 'in_progress';
  return incompleteReason ? 'incomplete' : 'completed';
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

/** Text, thinking and tool calls become items; the rest has no place there. */
function itemOf(block: JsonObject, id: string, status: ItemStatus, tools: GivenTools): JsonObject[] {
  if (block.type === 'text') return [messageItem(id, [textPart(textOf(block.text))], status)];
  if (isThinking(block)) return [reasoningItem(id, block, 'completed')];
  return block.type === 'tool_use' ? [callItem(id, block, argumentsOf(block), { status, tools })] : [];
}
