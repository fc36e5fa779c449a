import { setTimeout as sleep } from 'node:timers/promises';
import { type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { StoreHealth } from '../state/store-health.js';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';
import { limitTable } from './limit.table.js';

/** No request waits longer than this for the store; the credential is then checked at its upstream. */
const READ_PATIENCE_MS = 250;
/** How long a shutdown waits for writes. What is lost is learned again with the next answer. */
const MAX_GOODBYE_MS = 1_000;
const LOG_EVERY_MS = 60_000;

/** What the tasks share about credentials: items `known#<digest>` beside the limits, under names no user can have. */
@Injectable()
export class KnownCallerStore implements OnModuleDestroy {
  private readonly logger = new Logger(KnownCallerStore.name);
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

  /** When the credential was accepted last, in epoch seconds; undefined where that is not known in time. Never throws. */
  async acceptedAt(digest: string): Promise<number | undefined> {
    const read = this.table.get(keyOf(digest)).catch((error: unknown) => this.noteFailure(error));
    const item = await Promise.race([read, sleep(READ_PATIENCE_MS, undefined, { ref: false })]);
    return item && Number(item.accepted_at);
  }

  /** Resolves with false where it could not be written. Never throws. */
  async accepted(digest: string, acceptedAt: number, ttl: number): Promise<boolean> {
    return this.written(this.table.put({ ...keyOf(digest), accepted_at: acceptedAt, ttl }));
  }

  async forget(digest: string): Promise<boolean> {
    return this.written(this.table.delete(keyOf(digest)));
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
    this.logger.warn(
      `the store of known credentials does not answer, so this process asks upstreams: ${String(error)}`,
    );
  }
}

function keyOf(digest: string): { user_id: string } {
  return { user_id: `known#${digest}` };
}
