import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { AccessChanges } from '../state/access-changes.js';
import { AccountStore, type StoredEscape } from './account.store.js';
import { AccountPool } from './account-pool.js';

/** Escapes are written together. A session's next turn comes seconds later. */
const WRITE_AFTER_MS = 250;
const MAX_WAITING = 10_000;

/** Tells all tasks about sessions that are not where their hash places them. Best effort: without it a cache is lost. */
@Injectable()
export class SharedEscapes implements OnModuleDestroy {
  private readonly logger = new Logger('Accounts');
  private readonly waiting = new Map<string, StoredEscape>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: AccountPool,
    private readonly store: AccountStore,
    private readonly changes: AccessChanges,
  ) {}

  /** Reads what was written before this process began. Never throws. */
  async start(): Promise<void> {
    this.pool.onEscape((session, { accountId, untilMs }) => this.note({ session, account: accountId, untilMs }));
    this.changes.watch('escapes', () => void this.read());
    await this.read();
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.timer);
    await this.write();
  }

  private note(moved: StoredEscape): void {
    if (this.waiting.size >= MAX_WAITING) return;
    this.waiting.set(moved.session, moved);
    this.timer ??= setTimeout(() => void this.write(), WRITE_AFTER_MS).unref();
  }

  private write(): Promise<void> {
    this.timer = undefined;
    const escapes = [...this.waiting.values()];
    this.waiting.clear();
    if (escapes.length === 0) return this.writing;
    this.writing = this.store.addEscapes(escapes).catch((error: unknown) => {
      this.logger.warn(`other tasks do not know where ${escapes.length} sessions have moved: ${String(error)}`);
    });
    return this.writing;
  }

  private async read(): Promise<void> {
    try {
      for (const { session, account, untilMs } of await this.store.newEscapes()) {
        this.pool.adoptEscape(session, account, untilMs);
      }
    } catch (error) {
      this.logger.debug(`sessions that have moved in other tasks are not known: ${String(error)}`);
    }
  }
}
