import { type Hit, ThrottleStorage } from './throttle.storage.js';
import { WindowCounter } from './window-counter.js';

const MAX_KEYS = 100_000;

/** Counts in this process alone. */
export class LocalStorage extends ThrottleStorage {
  private readonly counter = new WindowCounter(MAX_KEYS);

  override increment(key: string, windowMs: number, limit: number): Hit {
    const { hits, msUntilEnd } = this.counter.hit(key, windowMs, performance.now());
    const isBlocked = hits > limit;
    return { isBlocked, timeToBlockExpire: isBlocked ? Math.ceil(msUntilEnd / 1_000) : 0 };
  }
}
