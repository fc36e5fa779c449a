/** The query of the requests that began in this time. `until` is exclusive here, and inclusive there. */
export function requestsBetween(sinceMs: number, untilMs: number): { since: string; until: string } {
  return { since: new Date(sinceMs).toISOString(), until: new Date(untilMs - 1).toISOString() };
}
