/**
 * For how long a pulse has stood still while the watching thread ran. A machine or a process that was suspended stops
 * both: time in which the watcher itself did not run counts as one of its intervals.
 */
export class StallClock {
  private beats = Number.NaN;
  private lookedAtMs = Number.NaN;
  private stalledMs = 0;

  constructor(private readonly intervalMs: number) {}

  /** Called every interval. Returns the milliseconds without a new beat. */
  look(beats: number, nowMs: number): number {
    const passedMs = Math.min(nowMs - this.lookedAtMs, this.intervalMs);
    this.stalledMs = beats === this.beats ? this.stalledMs + passedMs : 0;
    this.beats = beats;
    this.lookedAtMs = nowMs;
    return this.stalledMs;
  }
}
