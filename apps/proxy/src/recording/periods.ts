const HOUR_MS = 60 * 60 * 1_000;

/** Caches the last hour, nearly always the current one, because formatting costs more than a lookup. */
let known = { hour: Number.NaN, text: '' };

/** `2026-11-21T09`, UTC. */
export function hourOf(timeMs: number): string {
  const hour = Math.floor(timeMs / HOUR_MS);
  if (hour !== known.hour) known = { hour, text: new Date(timeMs).toISOString().slice(0, 13) };
  return known.text;
}

/** `2026-11-21`, UTC. */
export function dayOf(timeMs: number): string {
  return hourOf(timeMs).slice(0, 10);
}
