/** Answer of `GET /api/money?days=&by=`: what was spent. Days are UTC. */

export const MONEY_DIMENSIONS = ['model', 'upstream', 'user', 'team', 'account', 'key'] as const;
export type MoneyDimension = (typeof MONEY_DIMENSIONS)[number];

export interface MoneySum {
  readonly requests: number;
  /** Of the answers that have a price. */
  readonly cost_usd: number;
  /** Answers whose model has no price. */
  readonly unpriced_requests: number;
  /** The part of `cost_usd` for answers of a fallback upstream. */
  readonly fallback_cost_usd: number;
  /** What prompt caches saved by the price list, less what their writes cost more than plain input. */
  readonly cache_saved_usd: number;
  /** Share of the whole input that was read from a prompt cache, 0 to 1; null without input. */
  readonly cache_hit_share: number | null;
}

export interface MoneyDay extends MoneySum {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** Dollars by name, for the names of `names` that have the highest sums. */
  readonly by: Readonly<Record<string, number>>;
}

/** The calendar month of today, in UTC. */
export interface MoneyMonth {
  /** `YYYY-MM` */
  readonly month: string;
  readonly cost_usd: number;
  /** What the month will cost if its remaining days cost what such weekdays did lately; null before three whole days. */
  readonly forecast_usd: number | null;
  /** Of the whole month before; null if figures began in it or later. */
  readonly previous_cost_usd: number | null;
}

export interface Money {
  readonly by: MoneyDimension;
  /** Oldest first, including days without a request. */
  readonly days: readonly MoneyDay[];
  readonly totals: MoneySum;
  /** Highest cost first. Empty for a dimension that no request had, such as teams. */
  readonly names: readonly (MoneySum & { readonly name: string })[];
  readonly month: MoneyMonth;
}
