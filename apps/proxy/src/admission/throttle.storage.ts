/** The result of counting one request. */
export interface Hit {
  readonly isBlocked: boolean;
  /** Seconds until a blocked caller is served again. */
  readonly timeToBlockExpire: number;
}

/** Counts requests by key in windows. */
export abstract class ThrottleStorage {
  /** Never rejects. @returns a promise only where the count is not in this process */
  abstract increment(
    key: string,
    windowMs: number,
    limit: number,
    blockMs: number,
    throttlerName: string,
  ): Hit | Promise<Hit>;

  close(): void {}
}
