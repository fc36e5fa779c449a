import { IDEMPOTENCY_WINDOW_MS } from './table.js';

/** Longer than an engine remembers a token, which is from its first success and not from its first use. */
const REMEMBERED_MS = 2 * IDEMPOTENCY_WINDOW_MS;

interface FirstUse {
  readonly atMs: number;
  readonly ticks: number;
}

/** Remembers for twenty minutes when a token was first used. */
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
    const first = this.#byToken.get(token) ?? { atMs: this.#now(), ticks };
    this.#byToken.set(token, first);
    return first.atMs;
  }

  /** A map keeps the order of insertion: the oldest stand in front. */
  #forgetUntil(end: number): void {
    for (const [token, { ticks }] of this.#byToken) {
      if (ticks > end) return;
      this.#byToken.delete(token);
    }
  }
}
