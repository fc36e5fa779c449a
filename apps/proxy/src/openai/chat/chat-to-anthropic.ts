import type { ClaudeModel } from '@claude-proxy/claude-models';
import { JsonLimitError, parseBoundedJson } from '@claude-proxy/messages-api';
import type { CallerOptions, ToolChoiceOption, ToolOption, Translated } from '../caller-options.js';
import { blocksOfContent, textOfContent } from '../content-parts.js';
import { Conversation, textBlock } from '../conversation.js';
import type { JsonObject } from '../json-object.js';
import { translatedRequest } from '../messages-body.js';
import { invalid } from '../refusals.js';
import { type ChatMessage, type ChatRequest, readChatRequest } from './chat-request.js';

type AssistantMessage = Pick<Extract<ChatMessage, { role: 'assistant' }>, 'refusal' | 'tool_calls'>;

export interface TranslatedChat extends Translated {
  readonly includesUsage: boolean;
}

/**
 * A body of Chat Completions as a Messages body.
 *
 * @throws GatewayError naming what is at fault or not supported
 */
export function openAiToAnthropic(members: JsonObject, modelOf: (name: string) => ClaudeModel): TranslatedChat {
  const { request, ignored } = readChatRequest(members);
  const model = modelOf(request.model);
  const conversation = new Conversation(model.takesSystemTurns);
  for (const [index, message] of request.messages.entries()) tell(conversation, message, `messages[${index}]`);
  const translated = translatedRequest({
    conversation,
    options: optionsOf(request, model, conversation.hasToolCalls),
    isJson: request.response_format?.type === 'json_object',
    isStream: request.stream ?? false,
    ignored,
  });
  return { ...translated, includesUsage: request.stream_options?.include_usage ?? false };
}

function tell(conversation: Conversation, message: ChatMessage, param: string): void {
  if (message.role === 'system' || message.role === 'developer') {
    conversation.system(textOfContent(message.content, `${param}.content`));
    return;
  }
  const blocks = blocksOfContent(message.content, `${param}.content`);
  if (message.role === 'assistant') conversation.say('assistant', [...blocks, ...blocksOfAssistant(message, param)]);
  else conversation.say('user', message.role === 'tool' ? [toolResult(message.tool_call_id, blocks)] : blocks);
}

function blocksOfAssistant({ refusal, tool_calls }: AssistantMessage, param: string): JsonObject[] {
  const calls = (tool_calls ?? []).map((call, index) =>
    toolUse(call.id, call.function, `${param}.tool_calls[${index}].function.arguments`),
  );
  return [...(refusal ? [textBlock(refusal)] : []), ...calls];
}

export function toolUse(id: string, call: { name: string; arguments: string }, param: string): JsonObject {
  return { type: 'tool_use', id: toolId(id), name: call.name, input: inputOf(call.arguments, param) };
}

export function toolResult(id: string, content: readonly JsonObject[]): JsonObject {
  const kept = content.filter((block) => block.type !== 'text' || block.text !== '');
  return { type: 'tool_result', tool_use_id: toolId(id), ...(kept.length > 0 ? { content: kept } : {}) };
}

/** Anthropic takes fewer characters than other vendors put into their ids. */
function toolId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_');
}

function inputOf(text: string, param: string): JsonObject {
  try {
    return parseBoundedJson(Buffer.from(text.trim() || '{}'));
  } catch (error) {
    const reason = error instanceof JsonLimitError ? `: ${error.message}` : '';
    throw invalid(param, `${param} must be a JSON object${reason}.`, 'invalid_value');
  }
}

function optionsOf(request: ChatRequest, model: ClaudeModel, hasToolCalls: boolean): CallerOptions {
  const { tools, toolChoice } = toolsOf(request);
  const format = request.response_format;
  return {
    model,
    maxTokens: request.max_completion_tokens ?? request.max_tokens,
    temperature: request.temperature,
    topP: request.top_p,
    stop: [request.stop ?? []].flat(),
    tools,
    toolChoice,
    isParallel: request.parallel_tool_calls,
    effort: request.reasoning_effort,
    schema: format?.type === 'json_schema' ? (format.json_schema.schema ?? undefined) : undefined,
    thinking: request.thinking ?? undefined,
    user: request.safety_identifier ?? request.user,
    serviceTier: request.service_tier,
    caching: cachingOf(request),
    hasToolCalls,
  };
}

/** OpenAI caches unasked; Anthropic charges for writing a cache, so it is done for callers that speak of caching. */
export function cachingOf(request: {
  prompt_cache_key?: string | null | undefined;
  prompt_cache_retention?: string | null | undefined;
}): CallerOptions['caching'] {
  if (request.prompt_cache_retention === '24h') return '1h';
  return request.prompt_cache_key || request.prompt_cache_retention ? '5m' : undefined;
}

function toolsOf({ tools, tool_choice: choice }: ChatRequest): { tools: ToolOption[]; toolChoice?: ToolChoiceOption } {
  const all = (tools ?? []).map((tool) => tool.function);
  if (!choice) return { tools: all };
  if (typeof choice === 'string') return { tools: all, toolChoice: { kind: choice } };
  if (choice.type === 'function') return { tools: all, toolChoice: { kind: 'named', name: choice.function.name } };
  const { mode, tools: allowed } = choice.allowed_tools;
  const names = new Set(allowed.map((tool) => tool.function.name));
  return { tools: all.filter(({ name }) => names.has(name)), toolChoice: { kind: mode } };
}
