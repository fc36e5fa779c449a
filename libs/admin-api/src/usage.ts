/**
 * Answers of `GET /v1/usage/me` and `GET /v1/usage`. The fields without a remark are the original's, name for name.
 */

export interface TokenCounts {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Input and output; tokens of the cache stand beside them. */
  readonly total_tokens: number;
  readonly requests: number;
  /** Ours. */
  readonly cache_creation_input_tokens: number;
  /** Ours. */
  readonly cache_read_input_tokens: number;
  /** Ours. US dollars of everything that has a price; null where nothing has one. */
  readonly cost_usd: number | null;
  /** Ours. Requests without a price: the cost is too low by them. */
  readonly unpriced_requests: number;
}

export interface UsageSummary {
  readonly total_input_tokens: number;
  readonly total_output_tokens: number;
  readonly total_tokens: number;
  readonly total_requests: number;
  readonly total_cache_creation_input_tokens: number;
  readonly total_cache_read_input_tokens: number;
  /** As `cost_usd`. */
  readonly total_cost_usd: number | null;
  readonly total_unpriced_requests: number;
}

/** Exactly one of `period_days` and `date` is there, as it was asked for. */
interface Period {
  readonly period_days?: number;
  readonly date?: string;
}

export interface UsageOfUser extends Period {
  readonly user_id: string;
  readonly request_type: string;
  readonly summary: UsageSummary;
  /** By `YYYY-MM-DD` (UTC); days without a request are left out. */
  readonly daily_stats: Readonly<Record<string, TokenCounts>>;
  readonly by_request_type: Readonly<Record<string, TokenCounts>>;
  readonly by_model: Readonly<Record<string, TokenCounts>>;
}

export interface UsageOfAll extends Period {
  readonly request_type: string;
  readonly summary: UsageSummary & { readonly total_users: number };
  readonly users: Readonly<Record<string, TokenCounts>>;
  readonly by_request_type: Readonly<Record<string, TokenCounts>>;
  readonly by_model: Readonly<Record<string, TokenCounts>>;
}
