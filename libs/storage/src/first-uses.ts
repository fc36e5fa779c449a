import { IDEMPOTENCY_WINDOW_MS } from './table.js';

/** Longer than an engine remembers a token, which is from its first success: after any of its uses. */
const REMEMBERED_MS = 2 * IDEMPOTENCY_WINDOW_MS;

interface FirstUse {
  readonly atMs: number;
  readonly lastTicks: number;
}

/** Remembers when a token was first used, until it has not been used for twenty minutes. */
export class FirstUses {
  readonly #now: () => number;
  readonly #ticks: () => number;
  readonly #byToken = new Map<string, FirstUse>();

  /** `ticks` are milliseconds of a clock that nobody sets: one set back would keep everything. */
  constructor(now: () => number, ticks: () => number = () => performance.now()) {
    this.#now = now;
    this.#ticks = ticks;
  }

  /** Epoch milliseconds of the first use; of this moment where the token is new. */
  of(token: string): number {
    const ticks = this.#ticks();
    this.#forgetUntil(ticks - REMEMBERED_MS);
    const atMs = this.#byToken.get(token)?.atMs ?? this.#now();
    this.#byToken.delete(token);
    this.#byToken.set(token, { atMs, lastTicks: ticks });
    return atMs;
  }

  /** A map keeps the order of insertion: the one longest unused stands in front. */
  #forgetUntil(end: number): void {
    for (const [token, { lastTicks }] of this.#byToken) {
      if (lastTicks > end) return;
      this.#byToken.delete(token);
    }
  }
}
