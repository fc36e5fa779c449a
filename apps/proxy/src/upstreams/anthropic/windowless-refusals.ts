const FIRST_SECONDS = 2;
const MAX_SECONDS = 60;
/** A refusal that comes this long after the last window counts as the first again. */
const FORGET_AFTER_MS = 120_000;
/** Scopes hold the name of a model, which clients choose. */
const MAX_SCOPES = 10_000;

interface Row {
  readonly seconds: number;
  readonly untilMs: number;
}

/**
 * How long a limit holds that names no time: two seconds, and twice as long after each refusal that follows the end of
 * the last window. Refusals inside a window belong to requests that were under way, and change nothing.
 */
export class WindowlessRefusals {
  private readonly rows = new Map<string, Row>();

  secondsOf(scope: string, nowMs: number): number {
    const row = this.rows.get(scope);
    if (row && nowMs < row.untilMs) return row.seconds;
    const isRepeated = row !== undefined && nowMs - row.untilMs < FORGET_AFTER_MS;
    const seconds = isRepeated ? Math.min(row.seconds * 2, MAX_SECONDS) : FIRST_SECONDS;
    this.rows.delete(scope);
    this.rows.set(scope, { seconds, untilMs: nowMs + seconds * 1_000 });
    if (this.rows.size > MAX_SCOPES) this.rows.delete(this.rows.keys().next().value!);
    return seconds;
  }

  /** These scopes have just answered. */
  forget(scopes: readonly string[]): void {
    if (this.rows.size === 0) return;
    for (const scope of scopes) this.rows.delete(scope);
  }
}
