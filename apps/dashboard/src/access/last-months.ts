const MONTHS = 12;

/** The months that a statement can be asked for, as `YYYY-MM`: the present one first. */
export function lastMonths(nowMs: number): readonly string[] {
  const now = new Date(nowMs);
  return Array.from({ length: MONTHS }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
}
