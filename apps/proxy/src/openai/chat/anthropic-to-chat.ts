import type { Usage } from '@claude-proxy/messages-api';
import { isThinking, reasoningDetail, signedThinking } from '../conversation/thinking-blocks.js';
import { countOf, isJsonObject, type JsonObject, objectsIn, textOf } from '../json-object.js';
import { argumentsOf, calledTool } from '../tools/called-tool.js';
import { customInput } from '../tools/custom-input.js';
import type { GivenTool, GivenTools } from '../tools/tool-names.js';

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'function_call' | 'content_filter';

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  // Anthropic has cut the answer off.
  server_timeout: 'length',
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

/** A Message as a chat completion. */
export function anthropicToOpenAi(
  message: JsonObject,
  tools: GivenTools = {},
  createdSeconds = nowSeconds(),
): JsonObject {
  const content = objectsIn(message.content);
  const text = joined(content, 'text');
  const calls = callsOf(content, tools);
  const answer = {
    role: 'assistant',
    content: text === '' && Object.keys(calls).length > 0 ? null : text,
    refusal: refusalOf(message.stop_reason, message.stop_details),
    ...reasoningOf(content),
    ...calls,
  };
  const finishReason = 'function_call' in calls ? 'function_call' : finishReasonOf(message.stop_reason);
  return {
    id: chatIdOf(message.id),
    object: 'chat.completion',
    created: createdSeconds,
    model: message.model,
    choices: [{ index: 0, message: answer, logprobs: null, finish_reason: finishReason }],
    usage: chatUsageOf(message.usage as Usage | undefined),
  };
}

function joined(content: readonly JsonObject[], key: 'text' | 'thinking'): string {
  return content
    .filter(({ type }) => type === key)
    .map((block) => textOf(block[key]))
    .join('');
}

/** Members that OpenAI does not have; many clients of its form return `reasoning_details` in the next round. */
function reasoningOf(content: readonly JsonObject[]): JsonObject {
  const blocks = content.filter(isThinking);
  if (blocks.length === 0) return {};
  const text = joined(blocks, 'thinking');
  const details = blocks.filter(signedThinking).map(reasoningDetail);
  return {
    ...(text ? { reasoning_content: text } : {}),
    ...(details.length > 0 ? { reasoning_details: details } : {}),
  };
}

function callsOf(content: readonly JsonObject[], tools: GivenTools): JsonObject {
  const calls = content
    .filter(({ type }) => type === 'tool_use')
    .map((block) => ({ block, tool: calledTool(block, tools) }));
  const [first] = calls;
  if (!first) return {};
  if (first.tool.kind === 'legacy') {
    return { function_call: { name: first.tool.name, arguments: argumentsOf(first.block) } };
  }
  return { tool_calls: calls.map(({ block, tool }) => toolCallOf(block, tool)) };
}

function toolCallOf(block: JsonObject, tool: GivenTool): JsonObject {
  const name = nameInChat(block, tool);
  const json = argumentsOf(block);
  if (tool.kind === 'custom') return { id: block.id, type: 'custom', custom: { name, input: customInput(json) } };
  return { id: block.id, type: 'function', function: { name, arguments: json } };
}

/** A chat has no place for the group of a tool, so that its call keeps the name of both. */
export function nameInChat(block: JsonObject, tool: GivenTool): unknown {
  return tool.namespace ? block.name : tool.name;
}
