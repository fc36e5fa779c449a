import { IDEMPOTENCY_WINDOW_MS } from './table.js';

/** Longer than an engine remembers a token, counted from any of its uses. */
const REMEMBERED_MS = 2 * IDEMPOTENCY_WINDOW_MS;

interface FirstUse {
  readonly atMs: number;
  readonly lastTicks: number;
}

/** Remembers the first use of a token until the token was unused for twenty minutes. */
export class FirstUses {
  readonly #now: () => number;
  readonly #ticks: () => number;
  readonly #byToken = new Map<string, FirstUse>();

  /** `ticks` are milliseconds of a monotonic clock. A clock that is set back would keep all tokens. */
  constructor(now: () => number, ticks: () => number = () => performance.now()) {
    this.#now = now;
    this.#ticks = ticks;
  }

  /** Epoch milliseconds of the first use; the current time for a new token. */
  of(token: string): number {
    const ticks = this.#ticks();
    this.#forgetUntil(ticks - REMEMBERED_MS);
    const atMs = this.#byToken.get(token)?.atMs ?? this.#now();
    this.#byToken.delete(token);
    this.#byToken.set(token, { atMs, lastTicks: ticks });
    return atMs;
  }

  /** A map keeps the order of insertion, so the token that was unused longest is first. */
  #forgetUntil(end: number): void {
    for (const [token, { lastTicks }] of this.#byToken) {
      if (lastTicks > end) return;
      this.#byToken.delete(token);
    }
  }
}
