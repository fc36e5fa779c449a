import type { ClaudeModel } from './claude-model.js';

/** Anthropic gives at least 60 days' notice. */
export const WARNING_DAYS = 60;

const MS_PER_DAY = 86_400_000;

/** The end of a model that is near, or past. */
export interface EndOfLife {
  readonly model: string;
  /** UTC day, `YYYY-MM-DD`. */
  readonly retires: string;
  /** Whole days from today; 0 on the day itself, negative afterwards. */
  readonly days: number;
  readonly successor: string | undefined;
}

/** The end of this model's life at the Claude API, from `WARNING_DAYS` before it on; else undefined. */
export function endOfLifeOf(model: ClaudeModel | undefined, nowMs: number): EndOfLife | undefined {
  if (!model?.retires) return undefined;
  const days = daysUntil(model.retires, nowMs);
  if (days > WARNING_DAYS) return undefined;
  return { model: model.id, retires: model.retires, days, successor: model.successor };
}

/** In the words of `GET /v1/models`. */
export function lifecycleOf({ deprecated, retires }: ClaudeModel, nowMs: number): 'active' | 'deprecated' | 'retired' {
  if (retires && daysUntil(retires, nowMs) <= 0) return 'retired';
  return deprecated && daysUntil(deprecated, nowMs) <= 0 ? 'deprecated' : 'active';
}

function daysUntil(day: string, nowMs: number): number {
  return Date.parse(day) / MS_PER_DAY - Math.floor(nowMs / MS_PER_DAY);
}
