import { hash } from 'node:crypto';
import type { ClaudeModel, Effort } from '@claude-proxy/claude-models';
import { GatewayError } from '../exchange/gateway-error.js';
import type { CallerOptions, ToolOption } from './caller-options.js';
import type { JsonObject } from './json-object.js';
import { supportedSchema } from './supported-schema.js';

export interface Settings {
  readonly members: JsonObject;
  readonly dropped: string[];
}

const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
/** Tokens to think for models that take a budget in place of an effort. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  low: 1_024,
  medium: 4_096,
  high: 16_384,
  xhigh: 32_000,
  max: 32_000,
};
const USER_DIGITS = 32;

/**
 * The members of a Messages body beside the conversation, such that the model takes them. What it refuses is left out
 * and named in `dropped`; OpenAI's callers cannot know which model takes what.
 */
export function settingsOf(options: CallerOptions): Settings {
  const dropped: string[] = [];
  const maxTokens = Math.min(options.maxTokens ?? Infinity, options.model.maxOutputTokens);
  const toolChoice = toolChoiceOf(options, dropped);
  const isForced = toolChoice?.type === 'any' || toolChoice?.type === 'tool';
  const thinking = thinkingOf(options, maxTokens, isForced, dropped);
  const members: JsonObject = {
    max_tokens: maxTokens,
    ...samplingOf(options, isThinking(thinking.thinking), dropped),
    ...stopOf(options, dropped),
    ...(options.tools.length > 0 ? { tools: options.tools.map(toolOf) } : {}),
    ...(toolChoice ? { tool_choice: toolChoice } : {}),
    ...thinking,
    ...outputConfigOf(options),
    ...metadataOf(options),
    ...tierOf(options, dropped),
    ...(options.caching ? { cache_control: { type: 'ephemeral', ttl: options.caching } } : {}),
  };
  return { members, dropped };
}

function samplingOf({ model, temperature, topP }: CallerOptions, thinks: boolean, dropped: string[]): JsonObject {
  const isWanted = (value: number | null | undefined): value is number =>
    value !== null && value !== undefined && value !== 1;
  const takes = model.sampling !== 'none' && !thinks;
  const kept: JsonObject = {};
  if (isWanted(temperature)) {
    if (takes && temperature <= 1) kept.temperature = temperature;
    else dropped.push('temperature');
  }
  if (isWanted(topP)) {
    if (takes && !(model.sampling === 'temperature_or_top_p' && kept.temperature !== undefined)) kept.top_p = topP;
    else dropped.push('top_p');
  }
  return kept;
}

function stopOf({ stop = [] }: CallerOptions, dropped: string[]): JsonObject {
  const kept = stop.filter((sequence) => sequence.trim() !== '');
  if (kept.length < stop.length) dropped.push('stop');
  return kept.length > 0 ? { stop_sequences: kept } : {};
}

function toolOf({ name, description, parameters, strict }: ToolOption): JsonObject {
  const schema: JsonObject = { type: 'object', properties: {}, ...parameters };
  return {
    name,
    ...(description ? { description } : {}),
    input_schema: strict ? supportedSchema(schema) : schema,
    ...(strict ? { strict: true } : {}),
  };
}

function toolChoiceOf(
  { model, tools, toolChoice, isParallel }: CallerOptions,
  dropped: string[],
): JsonObject | undefined {
  if (tools.length === 0) return undefined;
  if (toolChoice?.kind === 'none') return { type: 'none' };
  const isForced = toolChoice?.kind === 'required' || toolChoice?.kind === 'named';
  const parallel = isParallel === false ? { disable_parallel_tool_use: true } : {};
  if (isForced && !model.takesForcedTools) {
    dropped.push('tool_choice');
    return { type: 'auto', ...parallel };
  }
  if (toolChoice?.kind === 'named') return { type: 'tool', name: toolChoice.name, ...parallel };
  if (toolChoice?.kind === 'required') return { type: 'any', ...parallel };
  return toolChoice || isParallel === false ? { type: 'auto', ...parallel } : undefined;
}

function thinkingOf(options: CallerOptions, maxTokens: number, isForced: boolean, dropped: string[]): JsonObject {
  const { model, effort, thinking } = options;
  if (thinking) return { thinking };
  if (effort === null || effort === undefined) return {};
  if (effort === 'none') return withoutThinking(model, dropped);
  if (model.thinkingTypes.includes('adaptive')) return isForced ? {} : { thinking: { type: 'adaptive' } };
  const budget = Math.min(BUDGETS[effortOf(effort)], maxTokens - 1);
  // With a budget every call in the history needs its thinking before it, which OpenAI's form does not keep.
  if (budget >= BUDGETS.low && !options.hasToolCalls && !isForced) {
    return { thinking: { type: 'enabled', budget_tokens: budget } };
  }
  if (model.efforts.length === 0) dropped.push('reasoning_effort');
  return {};
}

function withoutThinking({ thinkingTypes }: ClaudeModel, dropped: string[]): JsonObject {
  if (thinkingTypes.includes('disabled')) return { thinking: { type: 'disabled' } };
  if (thinkingTypes.includes('between_tools')) return { thinking: { type: 'between_tools' } };
  dropped.push('reasoning_effort');
  return {};
}

function isThinking(thinking: unknown): boolean {
  const { type } = (thinking ?? {}) as { type?: string };
  return type === 'adaptive' || type === 'enabled';
}

function outputConfigOf({ model, effort, schema }: CallerOptions): JsonObject {
  const config = {
    ...effortMember(model, effort),
    ...(schema ? { format: { type: 'json_schema', schema: supportedSchema(schema) } } : {}),
  };
  return Object.keys(config).length > 0 ? { output_config: config } : {};
}

/** The wished effort, or the nearest below it that the model has; thinking less is as near to none as some can get. */
function effortMember({ efforts, thinkingTypes }: ClaudeModel, effort: string | null | undefined): JsonObject {
  if (!effort || efforts.length === 0) return {};
  if (effort === 'none') return thinkingTypes.length === 1 ? { effort: 'low' } : {};
  const wished = EFFORTS.indexOf(effortOf(effort));
  return { effort: efforts.findLast((candidate) => EFFORTS.indexOf(candidate) <= wished) };
}

function effortOf(effort: string): Effort {
  if (effort === 'minimal') return 'low';
  const known = EFFORTS.find((candidate) => candidate === effort);
  if (known) return known;
  throw new GatewayError({
    type: 'invalid_request_error',
    message: `The reasoning effort must be none, minimal, ${EFFORTS.join(', ')}.`,
    details: { param: 'reasoning_effort', error_code: 'invalid_value' },
  });
}

/** Anthropic wants an opaque id here, and OpenAI's callers like to send mail addresses. */
function metadataOf({ user }: CallerOptions): JsonObject {
  return user ? { metadata: { user_id: hash('sha256', user).slice(0, USER_DIGITS) } } : {};
}

function tierOf({ serviceTier }: CallerOptions, dropped: string[]): JsonObject {
  if (serviceTier === 'default') return { service_tier: 'standard_only' };
  if (serviceTier && serviceTier !== 'auto') dropped.push('service_tier');
  return {};
}
