/**
 * Answers of `GET /v1/usage/me` and `GET /v1/usage`. Fields without a remark have the names of the original project.
 */

export interface TokenCounts {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Input and output. Cache tokens are counted in the fields below. */
  readonly total_tokens: number;
  /** Answers: requests for which an upstream reported tokens. */
  readonly requests: number;
  /** Our own field. */
  readonly cache_creation_input_tokens: number;
  /** Our own field. */
  readonly cache_read_input_tokens: number;
  /** Our own field. Input, output and cache. */
  readonly all_tokens: number;
  /** Our own field. Sum in US dollars of the answers that have a price; null if none has one. */
  readonly cost_usd: number | null;
  /** Our own field. Answers without a price; `cost_usd` does not include them. */
  readonly unpriced_requests: number;
}

export interface UsageSummary {
  readonly total_input_tokens: number;
  readonly total_output_tokens: number;
  readonly total_tokens: number;
  readonly total_requests: number;
  readonly total_cache_creation_input_tokens: number;
  readonly total_cache_read_input_tokens: number;
  /** As `all_tokens`. */
  readonly total_all_tokens: number;
  /** As `cost_usd`. */
  readonly total_cost_usd: number | null;
  readonly total_unpriced_requests: number;
}

/** Has exactly one of `period_days` and `date`: the one in the request. */
interface Period {
  readonly period_days?: number;
  readonly date?: string;
}

export interface UsageOfUser extends Period {
  readonly user_id: string;
  readonly request_type: string;
  readonly summary: UsageSummary;
  /** By `YYYY-MM-DD`, days of `tz` (UTC without it). Days without a request are missing. */
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

export interface UserUsage extends TokenCounts {
  readonly user: string;
}

/** Answer of `GET /api/users`. */
export interface UserPage extends Period {
  readonly request_type: string;
  readonly users: readonly UserUsage[];
  /** Value of `cursor=` for the next page; null at the end. */
  readonly next_cursor: string | null;
  /** Of all users that the search finds, on this page or another. */
  readonly summary: UsageSummary & { readonly total_users: number };
}
