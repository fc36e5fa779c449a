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
