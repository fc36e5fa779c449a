import type { ThrottlerStorage } from '@nestjs/throttler';
import { WindowCounter } from './window-counter.js';

const MAX_KEYS = 100_000;

/** Counts in this process alone. Throttler's own storage keeps every hit, and looks at all of them at each. */
export class LocalStorage implements ThrottlerStorage {
  private readonly counter = new WindowCounter(MAX_KEYS);

  async increment(key: string, windowMs: number, limit: number): ReturnType<ThrottlerStorage['increment']> {
    const { hits, msUntilEnd } = this.counter.hit(key, windowMs, performance.now());
    const isBlocked = hits > limit;
    const secondsUntilEnd = Math.ceil(msUntilEnd / 1_000);
    return {
      totalHits: hits,
      timeToExpire: secondsUntilEnd,
      isBlocked,
      timeToBlockExpire: isBlocked ? secondsUntilEnd : 0,
    };
  }
}
