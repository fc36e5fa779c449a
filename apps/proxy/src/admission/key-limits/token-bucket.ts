/** A bucket that holds a minute's allowance and fills evenly. A fixed window would admit twice the limit at its edge. */
export interface Bucket {
  readonly level: number;
  readonly atMs: number;
}

const MINUTE_MS = 60_000;

/** The level now. A bucket that was never used is full. */
export function levelAt(bucket: Bucket | undefined, limit: number, nowMs: number): number {
  if (!bucket) return limit;
  const filled = (Math.max(0, nowMs - bucket.atMs) * limit) / MINUTE_MS;
  return Math.min(limit, bucket.level + filled);
}

/** Seconds until the level reaches an amount; 0 if it has. */
export function secondsUntil(level: number, amount: number, limit: number): number {
  return level >= amount ? 0 : Math.ceil(((amount - level) * MINUTE_MS) / limit / 1_000);
}
