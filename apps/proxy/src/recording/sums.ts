/** A sum that a table holds, or 0 where it holds none. Beyond 2^53 it is not exact, and no more than that is shown. */
export function sumOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.min(value, Number.MAX_SAFE_INTEGER) : 0;
}
