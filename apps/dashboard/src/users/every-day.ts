const DAY_MS = 86_400_000;

/** All days from the first to the last, those too on which nothing was: a gap in a chart has to be seen. */
export function everyDayOf(isoDays: readonly string[]): readonly string[] {
  const times = isoDays.map((day) => Date.parse(`${day}T00:00:00Z`)).filter(Number.isFinite);
  if (times.length === 0) return [];
  const first = Math.min(...times);
  const count = Math.round((Math.max(...times) - first) / DAY_MS) + 1;
  return Array.from({ length: count }, (_, index) => new Date(first + index * DAY_MS).toISOString().slice(0, 10));
}
