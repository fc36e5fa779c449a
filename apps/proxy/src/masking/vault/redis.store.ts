import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { KEPT_SECONDS, type VaultStore } from './mask-vault.js';

/** So long a request waits for Redis. */
const PATIENCE_MS = 2_000;
const DISCONNECT_MS = 100;
const COMPLAIN_EVERY_MS = 60_000;

/** In a Redis that all tasks share. While it is away, each method throws. */
export class RedisStore implements VaultStore {
  private readonly logger = new Logger('Masking');
  private readonly redis: Redis;
  private complainedAtMs = Number.NEGATIVE_INFINITY;

  constructor(url: string) {
    this.redis = new Redis(url, {
      commandTimeout: PATIENCE_MS,
      connectTimeout: PATIENCE_MS,
      disconnectTimeout: DISCONNECT_MS,
      maxRetriesPerRequest: 0,
    });
    this.redis.on('error', (error: Error) => this.complain(error));
  }

  async put(id: string, text: string): Promise<void> {
    await this.redis.set(nameOf(id), text, 'EX', KEPT_SECONDS);
  }

  async take(id: string): Promise<string | undefined> {
    return (await this.redis.getex(nameOf(id), 'EX', KEPT_SECONDS)) ?? undefined;
  }

  close(): void {
    this.redis.disconnect();
  }

  private complain({ message }: Error): void {
    if (performance.now() - this.complainedAtMs < COMPLAIN_EVERY_MS) return;
    this.complainedAtMs = performance.now();
    this.logger.warn(`❌ Redis is away, so batches with identifiers are refused: ${message}`);
  }
}

function nameOf(id: string): string {
  return `claude-proxy:masked:${id}`;
}
