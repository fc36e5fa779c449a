import { setTimeout as sleep } from 'node:timers/promises';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { StoreHealth } from '../state/store-health.js';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';
import { limitTable } from './limit.table.js';

/** No request waits longer than this for what other tasks know. */
const READ_PATIENCE_MS = 250;
/** How long a shutdown waits for writes. What is lost is learned again. */
const MAX_GOODBYE_MS = 1_000;
const LOG_EVERY_MS = 60_000;

/**
 * What tasks share beside the limits, as items under names that no user can have. Best effort: while the store is away,
 * each task finds out for itself. Nothing here rejects.
 */
@Injectable()
export class SharedItems implements OnModuleDestroy {
  private readonly logger = new Logger(SharedItems.name);
  private readonly table: Table;
  private readonly writes = new Set<Promise<unknown>>();
  private loggedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    store: TableStore,
    @Inject(fallbackSection.token) config: FallbackConfig,
    private readonly health: StoreHealth,
  ) {
    this.table = store.table(limitTable(config.rateLimitTable));
  }

  /** Undefined where there is none, or where that is not known in time. */
  async get(name: string): Promise<Item | undefined> {
    const read = this.table.get({ user_id: name }).catch((error: unknown) => this.noteFailure(error));
    return Promise.race([read, sleep(READ_PATIENCE_MS, undefined, { ref: false })]);
  }

  /** `ttl` in epoch seconds. Resolves with false where it could not be written. */
  put(name: string, attributes: Item, ttl: number): Promise<boolean> {
    return this.written(this.table.put({ ...attributes, user_id: name, ttl }));
  }

  delete(name: string): Promise<boolean> {
    return this.written(this.table.delete({ user_id: name }));
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.race([Promise.all(this.writes), sleep(MAX_GOODBYE_MS, undefined, { ref: false })]);
  }

  private async written(write: Promise<void>): Promise<boolean> {
    const done = write.then(
      () => true,
      (error: unknown) => {
        this.noteFailure(error);
        return false;
      },
    );
    this.writes.add(done);
    return done.finally(() => this.writes.delete(done));
  }

  private noteFailure(error: unknown): undefined {
    this.health.noteFailure();
    if (performance.now() - this.loggedAtMs < LOG_EVERY_MS) return;
    this.loggedAtMs = performance.now();
    this.logger.warn(`the store does not answer, so this process does without what other tasks know: ${String(error)}`);
  }
}
