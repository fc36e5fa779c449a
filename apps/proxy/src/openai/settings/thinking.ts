import { BETA, type ClaudeModel, type Effort } from '@claude-proxy/claude-models';
import type { JsonObject } from '../json-object.js';
import type { LeftOut } from '../left-out.js';
import { invalid } from '../refusals.js';
import type { CallerOptions } from './caller-options.js';

const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
/** Tokens to think for models that take a budget in place of an effort. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  low: 1_024,
  medium: 4_096,
  high: 16_384,
  xhigh: 32_000,
  max: 32_000,
};
const SMALLEST_BUDGET = 1_024;
/** With a greater effort no model takes `disabled` or `between_tools`. */
const GREATEST_WITHOUT_THINKING: Effort = 'high';

export interface ThinkingSettings {
  readonly thinking?: JsonObject;
  readonly effort?: Effort | undefined;
}

interface Room {
  readonly maxTokens: number;
  readonly isForced: boolean;
}

/** Thinking and effort such that the model takes them; what it refuses is left out. */
export function thinkingSettings(options: CallerOptions, room: Room, leftOut: LeftOut): ThinkingSettings {
  const thinking = options.thinking ? givenThinking(options, room, leftOut) : thinkingOfEffort(options, room, leftOut);
  const effort = effortFor(options.model, options.effort, thinking);
  return { ...(thinking ? { thinking } : {}), ...(effort ? { effort } : {}) };
}

/** The thinking of the caller, in the words that the model takes. */
function givenThinking(options: CallerOptions, room: Room, leftOut: LeftOut): JsonObject | undefined {
  const { model, thinking = {} } = options;
  const { type, budget_tokens: budget } = thinking;
  const made = madeThinking(String(type), typeof budget === 'number' ? budget : BUDGETS.medium, options, room);
  if (!made) {
    leftOut.add('thinking');
    return undefined;
  }
  if (made.type !== type) leftOut.add('thinking.type');
  if (made.type !== 'adaptive' && made.type !== 'enabled') return made;
  return withDisplay(made, thinking.display, model, leftOut);
}

function madeThinking(type: string, budget: number, options: CallerOptions, room: Room): JsonObject | undefined {
  const { thinkingTypes } = options.model;
  if (type === 'disabled' || type === 'between_tools') return withoutThinking(options.model);
  if (type !== 'adaptive' && type !== 'enabled') return undefined;
  const isEnabled = thinkingTypes.includes('enabled') && (type === 'enabled' || !thinkingTypes.includes('adaptive'));
  if (isEnabled) return enabledThinking(budget, options, room);
  return room.isForced ? undefined : { type: 'adaptive' };
}

function thinkingOfEffort(options: CallerOptions, room: Room, leftOut: LeftOut): JsonObject | undefined {
  const { model, effort, wantsSummary = false } = options;
  const isAdaptive = model.thinkingTypes.includes('adaptive') && !room.isForced;
  const display = wantsSummary ? 'summarized' : undefined;
  if (effort === null || effort === undefined) {
    return wantsSummary && isAdaptive ? withDisplay({ type: 'adaptive' }, display, model, leftOut) : undefined;
  }
  if (effort === 'none') {
    const without = withoutThinking(model);
    if (!without) leftOut.add('reasoning_effort');
    return without;
  }
  if (model.thinkingTypes.includes('adaptive')) {
    return isAdaptive ? withDisplay({ type: 'adaptive' }, display, model, leftOut) : undefined;
  }
  const enabled = enabledThinking(BUDGETS[effortOf(effort)], options, room);
  if (!enabled && model.efforts.length === 0) leftOut.add('reasoning_effort');
  return enabled;
}

/** A model with a budget refuses a forced tool, an answer without room, and calls whose thinking is missing. */
function enabledThinking(budget: number, { lacksThinking }: CallerOptions, room: Room): JsonObject | undefined {
  const tokens = Math.max(SMALLEST_BUDGET, Math.min(budget, room.maxTokens - 1));
  if (tokens >= room.maxTokens || lacksThinking || room.isForced) return undefined;
  return { type: 'enabled', budget_tokens: tokens };
}

function withoutThinking({ thinkingTypes }: ClaudeModel): JsonObject | undefined {
  const type = (['disabled', 'between_tools'] as const).find((each) => thinkingTypes.includes(each));
  return type && { type };
}

function withDisplay(thinking: JsonObject, display: unknown, model: ClaudeModel, leftOut: LeftOut): JsonObject {
  if (display === undefined) return thinking;
  if (model.thinkingDisplays.some((each) => each === display)) return { ...thinking, display };
  if (model.thinkingDisplays.length > 0) leftOut.add('thinking.display');
  return thinking;
}

/**
 * Newer models bind their thinking to the conversation before it, and refuse it once a client has shortened that. With
 * this they leave the thinking out instead. Undefined for a model that binds nothing, and where thinking is off.
 */
export function unboundThinking(
  model: ClaudeModel,
  thinking: JsonObject = { type: 'adaptive' },
): JsonObject | undefined {
  const isBound = model.bedrock?.betas?.includes(BETA.thinkingBindingControls) ?? false;
  if (!isBound || thinking.type !== 'adaptive') return undefined;
  return { ...thinking, block_binding: { prefix_mismatch_behavior: 'drop_block' } };
}

export function isThinkingOn({ thinking }: ThinkingSettings): boolean {
  return thinking?.type === 'adaptive' || thinking?.type === 'enabled';
}

/** The effort asked for, or the nearest below it that the model has; thinking less is as near to none as some can get. */
function effortFor(
  { efforts, thinkingTypes }: ClaudeModel,
  effort: string | null | undefined,
  thinking: JsonObject | undefined,
): Effort | undefined {
  if (!effort || efforts.length === 0) return undefined;
  if (effort === 'none') return thinkingTypes.length === 1 ? 'low' : undefined;
  const isOff = thinking?.type === 'disabled' || thinking?.type === 'between_tools';
  const greatest = isOff ? EFFORTS.indexOf(GREATEST_WITHOUT_THINKING) : EFFORTS.length;
  const asked = Math.min(EFFORTS.indexOf(effortOf(effort)), greatest);
  return efforts.findLast((candidate) => EFFORTS.indexOf(candidate) <= asked);
}

function effortOf(effort: string): Effort {
  if (effort === 'minimal') return 'low';
  const known = EFFORTS.find((candidate) => candidate === effort);
  if (known) return known;
  const message = `The reasoning effort must be none, minimal, ${EFFORTS.join(', ')}.`;
  throw invalid('reasoning_effort', message, 'invalid_value');
}
