import type { Usage } from '@claude-proxy/messages-api';
import { countOf, isJsonObject, type JsonObject, objectsIn, textOf } from '../json-object.js';

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

export function finishReasonOf(stopReason: unknown): FinishReason {
  return FINISH_REASONS[textOf(stopReason)] ?? 'stop';
}

export function chatIdOf(messageId: unknown): string {
  return `chatcmpl-${textOf(messageId).replace(/^msg_/, '')}`;
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

/** Token counts where OpenAI's callers look for them: cached tokens are part of the prompt there. */
export function promptTokensOf(usage: Usage | undefined): { all: number; cached: number; written: number } {
  const cached = countOf(usage?.cache_read_input_tokens);
  const written = countOf(usage?.cache_creation_input_tokens);
  return { all: countOf(usage?.input_tokens) + cached + written, cached, written };
}

export function reasoningTokensOf(usage: Usage | undefined): number {
  const details = (usage as JsonObject | undefined)?.output_tokens_details;
  return isJsonObject(details) ? countOf(details.thinking_tokens) : 0;
}

export function chatUsageOf(usage: Usage | undefined): JsonObject {
  const { all, cached, written } = promptTokensOf(usage);
  const completion = countOf(usage?.output_tokens);
  return {
    prompt_tokens: all,
    completion_tokens: completion,
    total_tokens: all + completion,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: reasoningTokensOf(usage), audio_tokens: 0 },
  };
}

/** What Claude says about a refusal; OpenAI has a member of its own for it. */
export function refusalOf(stopReason: unknown, stopDetails: unknown): string | null {
  if (stopReason !== 'refusal') return null;
  const explanation = isJsonObject(stopDetails) ? textOf(stopDetails.explanation) : '';
  return explanation || 'Claude has refused to answer this.';
}

/** A Message as a chat completion. Thinking has no place there and stays out. */
export function anthropicToOpenAi(message: JsonObject, createdSeconds = nowSeconds()): JsonObject {
  const content = objectsIn(message.content);
  const text = content
    .filter(({ type }) => type === 'text')
    .map((block) => textOf(block.text))
    .join('');
  const calls = content.filter(({ type }) => type === 'tool_use').map(toolCallOf);
  const answer = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: refusalOf(message.stop_reason, message.stop_details),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    id: chatIdOf(message.id),
    object: 'chat.completion',
    created: createdSeconds,
    model: message.model,
    choices: [{ index: 0, message: answer, logprobs: null, finish_reason: finishReasonOf(message.stop_reason) }],
    usage: chatUsageOf(message.usage as Usage | undefined),
  };
}

function toolCallOf({ id, name, input }: JsonObject): JsonObject {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } };
}
