import { setTimeout as sleep } from 'node:timers/promises';
import { type Table, TableStore } from '@claude-proxy/storage';
import type { SharedMemory } from '@claude-proxy/upstream';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { StoreHealth } from '../state/store-health.js';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';
import { limitTable } from './limit.table.js';

/** No request waits longer than this for what other tasks know. */
const READ_PATIENCE_MS = 250;
/** An upstream that remembers more than this does not remember facts. */
const MAX_TEXT_CHARACTERS = 16_384;

/**
 * What upstreams share between tasks: items `learned#<upstream>#<key>` beside the limits, under names no user can have.
 * Best effort: while the store is away each task learns for itself.
 */
@Injectable()
export class UpstreamMemory implements OnModuleDestroy {
  private readonly table: Table;
  private readonly writes = new Set<Promise<void>>();

  constructor(
    store: TableStore,
    @Inject(fallbackSection.token) config: FallbackConfig,
    private readonly health: StoreHealth,
  ) {
    this.table = store.table(limitTable(config.rateLimitTable));
  }

  of(upstream: string): SharedMemory {
    const keyOf = (key: string) => ({ user_id: `learned#${upstream}#${key}` });
    return {
      recall: (key) => this.recall(keyOf(key)),
      remember: (key, text, seconds) => this.remember(keyOf(key), text, seconds),
    };
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.writes);
  }

  private async recall(key: { readonly user_id: string }): Promise<string | undefined> {
    const read = this.table.get(key).catch(() => this.noteFailure());
    const item = await Promise.race([read, sleep(READ_PATIENCE_MS, undefined, { ref: false })]);
    // The table drops items some time after their end.
    const isOver = Number(item?.ttl ?? 0) * 1_000 <= Date.now();
    return item && !isOver ? String(item.text) : undefined;
  }

  private remember(key: { readonly user_id: string }, text: string, seconds: number): void {
    if (text.length > MAX_TEXT_CHARACTERS) return;
    const write = this.table
      .put({ ...key, text, ttl: Math.ceil(Date.now() / 1_000 + seconds) })
      .catch(() => this.noteFailure())
      .finally(() => this.writes.delete(write));
    this.writes.add(write);
  }

  private noteFailure(): undefined {
    this.health.noteFailure();
  }
}
