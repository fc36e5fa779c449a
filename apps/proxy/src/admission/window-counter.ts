interface Window {
  hits: number;
  readonly endsAtMs: number;
}

export interface Counted {
  /** Of this window, this one included. */
  readonly hits: number;
  readonly msUntilEnd: number;
}

/**
 * Counts hits per key in fixed windows that begin with a key's first hit. A hit costs one look-up whatever came
 * before; memory is bounded by the number of keys, of which the oldest is forgotten first.
 */
export class WindowCounter {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly maxKeys: number) {}

  get size(): number {
    return this.windows.size;
  }

  hit(key: string, windowMs: number, nowMs: number): Counted {
    const known = this.windows.get(key);
    const window = known && known.endsAtMs > nowMs ? known : this.open(key, windowMs, nowMs);
    window.hits += 1;
    return { hits: window.hits, msUntilEnd: window.endsAtMs - nowMs };
  }

  /** A map keeps the order in which keys came, so the oldest window is the first one. */
  private open(key: string, windowMs: number, nowMs: number): Window {
    this.windows.delete(key);
    this.forgetEnded(nowMs);
    const window = { hits: 0, endsAtMs: nowMs + windowMs };
    this.windows.set(key, window);
    return window;
  }

  /** From the oldest on, up to the first that still counts: over time each window is looked at once. */
  private forgetEnded(nowMs: number): void {
    for (const [key, { endsAtMs }] of this.windows) {
      if (endsAtMs > nowMs && this.windows.size < this.maxKeys) return;
      this.windows.delete(key);
    }
  }
}
