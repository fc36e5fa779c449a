import type { ThrottlerStorage } from '@nestjs/throttler';
import { WindowCounter } from './window-counter.js';

const MAX_KEYS = 100_000;

export type Hit = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Counts in this process alone. Throttler's own storage keeps every hit, and looks at all of them at each. */
export class LocalStorage implements ThrottlerStorage {
  private readonly counter = new WindowCounter(MAX_KEYS);

  async increment(key: string, windowMs: number, limit: number): Promise<Hit> {
    return this.hit(key, windowMs, limit);
  }

  hit(key: string, windowMs: number, limit: number): Hit {
    const { hits, msUntilEnd } = this.counter.hit(key, windowMs, performance.now());
    const timeToExpire = Math.ceil(msUntilEnd / 1_000);
    const isBlocked = hits > limit;
    return { totalHits: hits, timeToExpire, isBlocked, timeToBlockExpire: isBlocked ? timeToExpire : 0 };
  }
}
