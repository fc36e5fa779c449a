import { modelNamed } from './models.js';

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
export function endOfLifeOf(name: string, nowMs: number): EndOfLife | undefined {
  const model = modelNamed(name);
  if (!model?.retires) return undefined;
  const today = Math.floor(nowMs / MS_PER_DAY);
  const days = Date.parse(model.retires) / MS_PER_DAY - today;
  if (days > WARNING_DAYS) return undefined;
  return { model: model.id, retires: model.retires, days, successor: model.successor };
}
