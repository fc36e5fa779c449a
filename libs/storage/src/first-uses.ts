import { IDEMPOTENCY_WINDOW_MS } from './table.js';

/** Remembers for ten minutes when a token was first used. */
export class FirstUses {
  readonly #now: () => number;
  readonly #usedAtMs = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Epoch milliseconds of the first use; of this moment where the token is new. */
  of(token: string): number {
    const nowMs = this.#now();
    this.#forgetUntil(nowMs - IDEMPOTENCY_WINDOW_MS);
    const firstMs = this.#usedAtMs.get(token) ?? nowMs;
    this.#usedAtMs.set(token, firstMs);
    return firstMs;
  }

  /** A map keeps the order of insertion: the oldest stand in front. */
  #forgetUntil(endMs: number): void {
    for (const [token, usedAtMs] of this.#usedAtMs) {
      if (usedAtMs > endMs) return;
      this.#usedAtMs.delete(token);
    }
  }
}
