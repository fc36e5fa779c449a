import { hash } from 'node:crypto';
import type { JsonObject } from '../json-object.js';
import type { LeftOut } from '../left-out.js';
import { StrictCounts } from '../tools/strict-counts.js';
import { supportedSchema } from '../tools/supported-schema.js';
import { toolBlocks } from '../tools/tool-blocks.js';
import type { CallerOptions } from './caller-options.js';
import { isThinkingOn, thinkingSettings } from './thinking.js';

export interface Settings {
  readonly members: JsonObject;
  /** Enough for a long answer beside its thinking, and a quarter of what a model can write. */
  readonly maxTokensToReserve: number;
  /** A schema that is too large for Claude's structured output: the model reads it as an instruction instead. */
  readonly describedSchema?: JsonObject;
}

const USER_DIGITS = 32;
const RESERVED_TOKENS = 32_000;

/**
 * The members of a Messages body beside the conversation, such that the model takes them. What it refuses is left out;
 * OpenAI's callers cannot know which model takes what.
 */
export function settingsOf(options: CallerOptions, leftOut: LeftOut): Settings {
  const counts = new StrictCounts();
  const maxTokens = Math.min(options.maxTokens ?? Infinity, options.model.maxOutputTokens);
  const toolChoice = toolChoiceOf(options, leftOut);
  const isForced = toolChoice?.type === 'any' || toolChoice?.type === 'tool';
  const { effort, ...thinking } = thinkingSettings(options, { maxTokens, isForced }, leftOut);
  const schema = options.schema && supportedSchema(options.schema);
  const isStructured = schema !== undefined && counts.takesFormat(schema);
  const outputConfig = {
    ...(effort ? { effort } : {}),
    ...(isStructured ? { format: { type: 'json_schema', schema } } : {}),
  };
  const members: JsonObject = {
    max_tokens: maxTokens,
    ...samplingOf(options, isThinkingOn(thinking), leftOut),
    ...stopOf(options, leftOut),
    ...(options.tools.length > 0 ? { tools: toolBlocks(options.tools, counts, leftOut) } : {}),
    ...(toolChoice ? { tool_choice: toolChoice } : {}),
    ...thinking,
    ...(Object.keys(outputConfig).length > 0 ? { output_config: outputConfig } : {}),
    ...metadataOf(options),
    ...tierOf(options, leftOut),
  };
  const budget = Number(thinking.thinking?.budget_tokens ?? 0);
  return {
    members,
    maxTokensToReserve: RESERVED_TOKENS + budget,
    ...(schema && !isStructured ? { describedSchema: options.schema } : {}),
  };
}

function samplingOf({ model, temperature, topP }: CallerOptions, thinks: boolean, leftOut: LeftOut): JsonObject {
  const isWanted = (value: number | null | undefined): value is number =>
    value !== null && value !== undefined && value !== 1;
  const takes = model.sampling !== 'none' && !thinks;
  const kept: JsonObject = {};
  if (isWanted(temperature)) {
    if (takes && temperature <= 1) kept.temperature = temperature;
    else leftOut.add('temperature');
  }
  if (isWanted(topP)) {
    if (takes && !(model.sampling === 'temperature_or_top_p' && kept.temperature !== undefined)) kept.top_p = topP;
    else leftOut.add('top_p');
  }
  return kept;
}

function stopOf({ stop = [] }: CallerOptions, leftOut: LeftOut): JsonObject {
  const kept = stop.filter((sequence) => sequence.trim() !== '');
  if (kept.length < stop.length) leftOut.add('stop');
  return kept.length > 0 ? { stop_sequences: kept } : {};
}

function toolChoiceOf(
  { model, tools, toolChoice, isParallel }: CallerOptions,
  leftOut: LeftOut,
): JsonObject | undefined {
  if (tools.length === 0) return undefined;
  if (toolChoice?.kind === 'none') return { type: 'none' };
  const isForced = toolChoice?.kind === 'required' || toolChoice?.kind === 'named';
  const parallel = isParallel === false ? { disable_parallel_tool_use: true } : {};
  if (isForced && !model.takesForcedTools) {
    leftOut.add('tool_choice');
    return { type: 'auto', ...parallel };
  }
  if (toolChoice?.kind === 'named') return { type: 'tool', name: toolChoice.name, ...parallel };
  if (toolChoice?.kind === 'required') return { type: 'any', ...parallel };
  return toolChoice || isParallel === false ? { type: 'auto', ...parallel } : undefined;
}

/** Anthropic wants an opaque id here, and OpenAI's callers like to send mail addresses. */
function metadataOf({ user }: CallerOptions): JsonObject {
  return user ? { metadata: { user_id: hash('sha256', user).slice(0, USER_DIGITS) } } : {};
}

function tierOf({ serviceTier }: CallerOptions, leftOut: LeftOut): JsonObject {
  if (serviceTier === 'default') return { service_tier: 'standard_only' };
  if (serviceTier && serviceTier !== 'auto') leftOut.add('service_tier');
  return {};
}
