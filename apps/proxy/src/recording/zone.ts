const MINUTE_MS = 60_000;
/** No zone is further from UTC. */
const MAX_OFFSET_MS = 15 * 60 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const ZONE_RULE = 'a time zone of the IANA database, such as Asia/Seoul, or UTC';
const MAX_KEPT = 50;
const MAX_STARTS = 1_000;
const kept = new Map<string, Zone>();

/** The days of a time zone. They are 23 or 25 hours long where the clocks change. */
export class Zone {
  static readonly utc = new Zone('UTC');
  private readonly format: Intl.DateTimeFormat;
  private readonly starts = new Map<string, number>();

  /** @param name of the IANA database, such as `Asia/Seoul`. @throws RangeError for an unknown one */
  constructor(readonly name: string) {
    // Sweden writes dates as ISO does.
    this.format = new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short' });
  }

  /** UTC without a name; undefined for an unknown one. */
  static named(name: string | undefined): Zone | undefined {
    if (name === undefined) return Zone.utc;
    const known = kept.get(name);
    if (known) return known;
    try {
      const zone = new Zone(name);
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(name, zone);
      return zone;
    } catch {
      return undefined;
    }
  }

  /** `2026-11-21` */
  dayOf(timeMs: number): string {
    return this.format.format(timeMs);
  }

  /** The first minute of a day. Midnight itself may be missing where the clocks change. */
  startOf(day: string): number {
    let start = this.starts.get(day);
    if (start === undefined) {
      start = this.findStart(day);
      if (this.starts.size >= MAX_STARTS) this.starts.clear();
      this.starts.set(day, start);
    }
    return start;
  }

  /** The last days up to now, today last. */
  lastDays(count: number, nowMs: number): string[] {
    const today = Date.parse(`${this.dayOf(nowMs)}T00:00:00Z`);
    return Array.from({ length: count }, (_, index) =>
      new Date(today - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
    );
  }

  private findStart(day: string): number {
    const midnight = Date.parse(`${day}T00:00:00Z`);
    let [before, at] = [midnight - MAX_OFFSET_MS, midnight + MAX_OFFSET_MS];
    while (at - before > MINUTE_MS) {
      const middle = before + Math.floor((at - before) / 2 / MINUTE_MS) * MINUTE_MS;
      if (this.dayOf(middle) >= day) at = middle;
      else before = middle;
    }
    return at;
  }
}
