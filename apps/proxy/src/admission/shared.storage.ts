import { ThrottlerStorageRedisService } from '@nest-lab/throttler-storage-redis';
import { Logger } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Redis } from 'ioredis';
import { withPatience } from './with-patience.js';

/** So long a request waits at most. */
const PATIENCE_MS = 100;
/** After that an unanswered command is forgotten. */
const COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 1_000;
const MAX_RECONNECT_WAIT_MS = 2_000;
/** After a failure Redis is not asked for so long, so that requests do not wait for one timeout after another. */
const PAUSE_MS = 1_000;
const COMPLAIN_EVERY_MS = 60_000;

type SharedHit = Awaited<ReturnType<ThrottlerStorageRedisService['increment']>>;

/** Not counted, and let through. */
const PASSED: SharedHit = { totalHits: 0, timeToExpire: 0, isBlocked: false, timeToBlockExpire: 0 };

/** Counts in a Redis that all tasks share. While that is away requests pass uncounted, and none waits for it. */
export class SharedStorage implements ThrottlerStorage {
  private readonly logger = new Logger('Throttle');
  private readonly redis: Redis;
  private readonly counters: ThrottlerStorageRedisService;
  private pausedUntilMs = 0;
  private complainedAtMs = -Infinity;

  constructor(url: string) {
    this.redis = new Redis(url, {
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      disconnectTimeout: PATIENCE_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, MAX_RECONNECT_WAIT_MS),
    });
    this.redis.on('error', (error: Error) => this.complain(error));
    this.redis.on('close', () => this.complain(new Error('the connection was closed')));
    this.counters = new ThrottlerStorageRedisService(this.redis);
  }

  async increment(
    key: string,
    windowMs: number,
    limit: number,
    blockMs: number,
    throttlerName: string,
  ): Promise<SharedHit> {
    if (this.redis.status !== 'ready' || performance.now() < this.pausedUntilMs) return PASSED;
    try {
      // Without a limit its script only counts: its blocks begin when a limit is passed and outlive the window.
      const counting = this.counters.increment(key, windowMs, Number.MAX_SAFE_INTEGER, blockMs, throttlerName);
      const counted = await withPatience(counting, PATIENCE_MS);
      const isBlocked = counted.totalHits > limit;
      return { ...counted, isBlocked, timeToBlockExpire: isBlocked ? Math.max(1, counted.timeToExpire) : 0 };
    } catch (error) {
      this.pausedUntilMs = performance.now() + PAUSE_MS;
      this.complain(error as Error);
      return PASSED;
    }
  }

  close(): void {
    this.redis.removeAllListeners('close').disconnect();
  }

  private complain({ message }: Error): void {
    const nowMs = performance.now();
    if (nowMs - this.complainedAtMs < COMPLAIN_EVERY_MS) return;
    this.complainedAtMs = nowMs;
    this.logger.warn(`❌ Redis is away, requests are not throttled: ${message}`);
  }
}
