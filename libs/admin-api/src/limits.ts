/** Answers of `GET /api/limits` and of `/api/drills`. */

export interface Limit {
  /** `account#` and a fingerprint for a credential of the gateway's own, whose limits hold for all users. */
  readonly user: string;
  /** `*` for everything, else `credential-fingerprint/model-class`. */
  readonly scope: string;
  readonly reason: string;
  /** Epoch milliseconds. From then on requests go to Anthropic again. */
  readonly until: number;
  /** Null if payment ends the limit and time does not: no credit left, or a spend cap of the account. */
  readonly seconds_left: number | null;
  readonly is_drill: boolean;
}

export interface LimitList {
  /** Longest first. */
  readonly limits: readonly Limit[];
}

/** Body of `POST /api/drills`. */
export interface DrillOrder {
  /** The affected user; null affects all users. */
  readonly user: string | null;
  /** 1 to 3600. */
  readonly seconds: number;
  /** Share of the requests that the drill hits, over 0 and up to 1. */
  readonly share: number;
}

export interface Drill extends DrillOrder {
  readonly id: string;
  readonly started_at: number;
  readonly until: number;
  readonly seconds_left: number;
  /** Requests that the drill has hit so far, in all tasks. */
  readonly struck: number;
}

export interface DrillList {
  readonly drills: readonly Drill[];
  /** The process was started with `FORCE_RATE_LIMIT`: the drill hits all users until a restart without it. */
  readonly is_forced: boolean;
}
