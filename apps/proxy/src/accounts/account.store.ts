import { type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { accessTable } from '../state/access.table.js';
import { AccessChanges } from '../state/access-changes.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import type { AccountOwners } from './account-pool.js';
import { ACCOUNT_PARTITION, type AccountRecord, itemOfRecord, recordOfItem } from './account-record.js';

const OWNERS = 'account-owners';
const ESCAPES = 'account-escapes';
const TIME_DIGITS = 15;
/** How far the clocks of two tasks may lie apart, and how long a write may take to be seen. */
const OVERLAP_MS = 10_000;

/** A session that is not where its hash places it. */
export interface StoredEscape {
  readonly session: string;
  readonly account: string;
  readonly untilMs: number;
}

/** Accounts in the store, and what all tasks have to know of them. */
@Injectable()
export class AccountStore {
  private readonly logger = new Logger('Accounts');
  private escapesSinceMs = 0;

  constructor(
    private readonly store: TableStore,
    private readonly changes: AccessChanges,
    @Inject(stateSection.token) private readonly config: StateConfig,
  ) {}

  /** @throws StorageError */
  async all(): Promise<AccountRecord[]> {
    const items = await Array.fromAsync(this.table.each({ partition: ACCOUNT_PARTITION }));
    return items.flatMap((item) => recordOfItem(item) ?? []);
  }

  /** @throws StorageError */
  async find(id: string): Promise<AccountRecord | undefined> {
    const item = await this.table.get({ partition: ACCOUNT_PARTITION, sort: id });
    return item && recordOfItem(item);
  }

  /** @throws StorageError; ConditionFailedError if another task has written it since `known` was read */
  async put(record: AccountRecord, known: AccountRecord | undefined): Promise<void> {
    const next = { ...record, revision: (known?.revision ?? 0) + 1 };
    await this.table.put(
      itemOfRecord(next),
      known ? { attribute: 'revision', equals: known.revision } : { absent: true },
    );
    await this.changes.announce('accounts');
  }

  /** @throws StorageError; ConditionFailedError if it has another revision */
  async remove(id: string, revision?: number): Promise<void> {
    const condition = revision === undefined ? undefined : { attribute: 'revision', equals: revision };
    await this.table.delete({ partition: ACCOUNT_PARTITION, sort: id }, condition);
    await this.changes.announce('accounts');
  }

  /** @throws StorageError */
  async owners(): Promise<AccountOwners[]> {
    const items = await Array.fromAsync(this.table.each({ partition: OWNERS }));
    return items.map(({ sort, organization, workspace }) => ({
      id: String(sort),
      ...(typeof organization === 'string' && { organization }),
      ...(typeof workspace === 'string' && { workspace }),
    }));
  }

  /** Returns at once and never throws: another task learns the same from its own answers. */
  noteOwners({ id, ...owners }: AccountOwners): void {
    this.table.put({ partition: OWNERS, sort: id, ...owners }).catch((error: unknown) => {
      this.logger.debug(`the owners of account ${id} could not be stored: ${String(error)}`);
    });
  }

  /** Those that were written since the last call. @throws StorageError */
  async newEscapes(): Promise<StoredEscape[]> {
    const startedAtMs = Date.now();
    const from = String(this.escapesSinceMs).padStart(TIME_DIGITS, '0');
    const items = await Array.fromAsync(this.table.each({ partition: ESCAPES, from }));
    this.escapesSinceMs = Math.max(0, startedAtMs - OVERLAP_MS);
    return items.map(({ session, account, until }) => ({
      session: String(session),
      account: String(account),
      untilMs: Number(until),
    }));
  }

  /** @throws StorageError */
  async addEscapes(escapes: readonly StoredEscape[]): Promise<void> {
    const at = String(Date.now()).padStart(TIME_DIGITS, '0');
    await Promise.all(
      escapes.map(({ session, account, untilMs }) => {
        const ttl = Math.ceil(untilMs / 1_000);
        const item = { partition: ESCAPES, sort: `${at}#${session}`, session, account, until: untilMs, ttl };
        return this.table.put(item);
      }),
    );
    await this.changes.announce('escapes');
  }

  private get table(): Table {
    return this.store.table(accessTable(this.config.accessTable));
  }
}
