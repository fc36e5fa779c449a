/** A sum in a table, or 0 if it is missing. Beyond 2^53 it is not exact and is capped. */
export function sumOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.min(value, Number.MAX_SAFE_INTEGER) : 0;
}
