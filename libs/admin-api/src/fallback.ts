/** Answers and the body of `/api/fallback`. */

export interface FallbackState {
  readonly is_on: boolean;
  /** False if `BEDROCK_FALLBACK_ENABLED=false`, which the switch cannot change. */
  readonly is_configured: boolean;
  /** Epoch milliseconds; null unless the switch is off. */
  readonly off_since: number | null;
  readonly reason: string | null;
}

/** Body of `PUT /api/fallback`. */
export interface FallbackChange {
  readonly is_on: boolean;
  /** At most 200 characters, for the audit list and the log. */
  readonly reason?: string;
}

/** What a fallback upstream answered to a short request. */
export interface FallbackTrial {
  readonly upstream: string;
  readonly model: string;
  readonly answered: boolean;
  /** Why it did not answer; empty if it did. */
  readonly detail: string;
  readonly duration_ms: number;
}

/** Answer of `POST /api/fallback/probe` `{ model }`. */
export interface FallbackTrials {
  readonly trials: readonly FallbackTrial[];
}
