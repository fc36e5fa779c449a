/**
 * Answer of `GET /api/analytics`: of a `range`, or of any time between `since` and `until`, with the filters of
 * `GET /api/requests`.
 */

export const ANALYTICS_RANGES = ['1h', '24h', '7d', '30d'] as const;
export type AnalyticsRange = (typeof ANALYTICS_RANGES)[number];

/** What is known about a set of exchanges. */
export interface Figures {
  /** Finished requests to a model, with any end. */
  readonly requests: number;
  /** Those for which an upstream reported tokens: what `/v1/usage` counts. Figures of earlier versions have no such count. */
  readonly answers: number;
  /** Refused and broken requests. A request that its client aborted is not an error. */
  readonly errors: number;
  /** Errors that only the caller can fix: the request is invalid, forbidden, too large, or throttled by the gateway. */
  readonly caller_errors: number;
  /** Answered by an upstream other than the first. */
  readonly fallbacks: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  /** All of the four above. */
  readonly all_tokens: number;
  /** Sum in US dollars of the answers that have a price; null if there are answers and none has one. */
  readonly cost_usd: number | null;
  /** Answers whose model has no price. `cost_usd` does not include them. */
  readonly unpriced_requests: number;
  /** The part of `cost_usd` for answers of a fallback upstream. */
  readonly fallback_cost_usd: number;
  /** What prompt caches saved by the price list, less what their writes cost more than plain input. */
  readonly cache_saved_usd: number;
  /** In milliseconds; null without an answer. */
  readonly first_byte_ms: Percentiles | null;
  readonly duration_ms: Percentiles | null;
  readonly output_tokens_per_second: number | null;
  /** Share of the whole input that was read from a prompt cache, 0 to 1; null without input. */
  readonly cache_hit_share: number | null;
}

/** Refused and broken requests of one kind. */
export interface ErrorCount {
  /** 200 for an answer that was cut off. */
  readonly status: number;
  /** Of the last attempt: `rate_limited`, `overloaded`, `rejected`, …; `broken`; `gateway` if no upstream was asked. */
  readonly reason: string;
  readonly requests: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export type Notice =
  /** Answers of this model have no price, so every cost that includes them is too low. */
  | { readonly kind: 'unpriced'; readonly model: string; readonly requests: number }
  /** This model was used, and Anthropic retires it soon or has retired it. */
  | {
      readonly kind: 'model_ends';
      readonly model: string;
      /** UTC day, `YYYY-MM-DD`. */
      readonly retires: string;
      /** Whole days from today; negative after the date. */
      readonly days: number;
      readonly successor: string | null;
    };

export interface Bucket extends Figures {
  /** Start of the bucket, epoch milliseconds. */
  readonly time: number;
  readonly by_upstream: Readonly<Record<string, Figures>>;
  readonly by_model: Readonly<Record<string, Figures>>;
}

/** The first eight fields have ccflare's names. Times are in milliseconds. */
export interface Analytics {
  readonly total_requests: number;
  readonly total_tokens: number;
  /** Deprecated: in milliseconds; `totals.duration_ms` has percentiles. */
  readonly average_response_time: number;
  /** Deprecated: as `totals.cost_usd`. */
  readonly cost_estimate: number;
  readonly active_accounts: number;
  readonly rate_limited_accounts: number;
  readonly requests_last_hour: number;
  readonly top_models: readonly { readonly model: string; readonly count: number }[];
  readonly range: AnalyticsRange | 'custom';
  readonly since: number;
  readonly until: number;
  /**
   * Usually `since`. Filters beside model and upstream are answered from the lines of requests: the newest 50,000, as long as
   * the log keeps them. Figures before this time are missing then.
   */
  readonly complete_since: number;
  readonly bucket_seconds: number;
  readonly in_flight: number;
  readonly totals: Figures;
  readonly by_upstream: Readonly<Record<string, Figures>>;
  readonly by_model: Readonly<Record<string, Figures>>;
  /** Only with `by_user=true`, and not with a filter that figures of users do not have: a company has more users than all other entries together. */
  readonly by_user?: Readonly<Record<string, Figures>>;
  /** Most first. Figures of earlier versions have no such counts. */
  readonly errors: readonly ErrorCount[];
  /** Conditions that need an operator, most urgent first. */
  readonly notices: readonly Notice[];
  /** All buckets of the range in order, including empty ones. */
  readonly buckets: readonly Bucket[];
}
