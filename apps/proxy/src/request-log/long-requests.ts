import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { TaskRegister } from '../state/task.register.js';

/** Lines are stored by the start of their request, so a reader of the newest ones misses those that took longer. */
export const LONG_MS = 10_000;
/** Several writes of the item, so that no reader misses an id. */
const ANNOUNCED_MS = 30_000;
/** Bounds the item to 1.5 KB. */
const MAX_ANNOUNCED = 40;

/** Announces to other tasks the ids of long requests that have just ended here. */
@Injectable()
export class LongRequests implements OnModuleInit {
  private ended: { readonly id: string; readonly atMs: number }[] = [];

  constructor(
    private readonly feed: ExchangeFeed,
    private readonly tasks: TaskRegister,
  ) {}

  onModuleInit(): void {
    this.feed.onFinished(({ id, durationMs }) => {
      if (durationMs < LONG_MS) return;
      this.ended.push({ id, atMs: performance.now() });
      if (this.ended.length > MAX_ANNOUNCED) this.ended.shift();
    });
    this.tasks.addFacts(() => {
      const oldestMs = performance.now() - ANNOUNCED_MS;
      this.ended = this.ended.filter(({ atMs }) => atMs > oldestMs);
      return this.ended.length > 0 ? { long_requests: this.ended.map(({ id }) => id) } : {};
    });
  }

  /** Announced by the other tasks. */
  get ofOthers(): string[] {
    return this.tasks.othersFacts.flatMap(({ long_requests }) => (Array.isArray(long_requests) ? long_requests : []));
  }
}
