/** Answers of `GET /api/limits` and of `/api/drills`. */

export interface Limit {
  readonly user: string;
  /** `*` for everything, else `credential-fingerprint/model-class`. */
  readonly scope: string;
  readonly reason: string;
  /** Epoch milliseconds: when Anthropic is asked again. */
  readonly until: number;
  /** Null where money ends the limit and not time: no credit, a cap of the account itself. */
  readonly seconds_left: number | null;
  readonly is_drill: boolean;
}

export interface LimitList {
  /** The longest first. */
  readonly limits: readonly Limit[];
}

/** Body of `POST /api/drills`. */
export interface DrillOrder {
  /** Whom it strikes; null strikes everybody. */
  readonly user: string | null;
  /** 1 to 3600. */
  readonly seconds: number;
  /** Share of requests that are struck, over 0 and up to 1. */
  readonly share: number;
}

export interface Drill extends DrillOrder {
  readonly id: string;
  readonly started_at: number;
  readonly until: number;
  readonly seconds_left: number;
  /** Requests it has struck so far, in this process. */
  readonly struck: number;
}

export interface DrillList {
  readonly drills: readonly Drill[];
  /** The process was started with `FORCE_RATE_LIMIT`: everybody is struck until it is restarted without. */
  readonly is_forced: boolean;
}
