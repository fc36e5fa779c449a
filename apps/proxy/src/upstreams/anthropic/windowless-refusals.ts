const FIRST_SECONDS = 2;
const MAX_SECONDS = 60;
/** A refusal this long after the last window counts as the first one again. */
const FORGET_AFTER_MS = 120_000;
/** Bounded, because scopes contain model names, which clients choose. */
const MAX_SCOPES = 10_000;

interface Row {
  readonly seconds: number;
  readonly untilMs: number;
}

/**
 * The duration of a limit without a time: two seconds, doubled by each refusal after the end of
 * the last window. Refusals inside a window come from concurrent requests and change nothing.
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

  get isEmpty(): boolean {
    return this.rows.size === 0;
  }

  /** Resets scopes that have just answered. */
  forget(scopes: readonly string[]): void {
    for (const scope of scopes) this.rows.delete(scope);
  }
}
