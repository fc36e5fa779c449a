import { isDeepStrictEqual } from 'node:util';
import { ConditionFailedError, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { GatewayError } from '../../exchange/gateway-error.js';
import { withMaskedKeys } from '../../exchange/masked-keys.js';
import { accessTable } from '../../state/access.table.js';
import { AccessChanges } from '../../state/access-changes.js';
import { type StateConfig, stateSection } from '../../state/state.config.js';
import { itemOfKey, KEY_PARTITION, type KeyRecord, keyOfItem } from './key-record.js';

/** Apart from the keys, so that a note of use never overwrites a change. */
const USE_PARTITION = 'key-use';
const KEEP_USE_SECONDS = 400 * 24 * 60 * 60;
/** Two operators rarely change one key at the same time. */
const MAX_ATTEMPTS = 4;
const MAX_NOTED = 10_000;

/** Client keys in the store. */
@Injectable()
export class ClientKeyStore {
  private readonly logger = new Logger('ClientKeys');
  private readonly notedDay = new Map<string, string>();

  constructor(
    private readonly store: TableStore,
    private readonly changes: AccessChanges,
    @Inject(stateSection.token) private readonly config: StateConfig,
  ) {}

  /** @throws StorageError */
  async find(id: string): Promise<KeyRecord | undefined> {
    const item = await this.table.get({ partition: KEY_PARTITION, sort: id });
    return item && keyOfItem(item);
  }

  /** Sorted by id. @throws StorageError */
  async all(): Promise<KeyRecord[]> {
    return Array.fromAsync(this.table.each({ partition: KEY_PARTITION }), keyOfItem);
  }

  /** The last day on which each key was used, as `YYYY-MM-DD`. @throws StorageError */
  async lastUsedDays(): Promise<ReadonlyMap<string, string>> {
    const uses = await Array.fromAsync(this.table.each({ partition: USE_PARTITION }));
    return new Map(uses.map(({ sort, day }) => [String(sort), String(day)]));
  }

  /** @throws StorageError; ConditionFailedError if the id exists */
  async add(record: KeyRecord): Promise<void> {
    await this.table.put(itemOfKey(record), { absent: true });
    await this.changes.announce('keys');
  }

  /**
   * Applies a change to the latest state of a key. All tasks use the result within 3 seconds.
   *
   * @throws StorageError; GatewayError not_found_error, and what `change` throws
   */
  async change(id: string, change: (record: KeyRecord) => KeyRecord): Promise<KeyRecord> {
    for (let attempt = 1; ; attempt += 1) {
      const known = await this.find(id);
      if (!known) throw unknownKey(id);
      const changed = { ...change(known), revision: known.revision + 1 };
      try {
        await this.replace(known, changed);
        await this.changes.announce('keys');
        return changed;
      } catch (error) {
        if (!(error instanceof ConditionFailedError) || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** A write whose confirmation was lost counts as done: a repeated rotation would end the key in use. */
  private async replace(known: KeyRecord, changed: KeyRecord): Promise<void> {
    try {
      await this.table.put(itemOfKey(changed), { attribute: 'revision', equals: known.revision });
    } catch (error) {
      if (error instanceof ConditionFailedError) throw error;
      const stored = await this.find(known.id).catch(() => undefined);
      if (!isDeepStrictEqual(stored, changed)) throw error;
    }
  }

  /** Writes at most once a day and key. Returns at once and never throws. */
  noteUse(id: string): void {
    const day = new Date().toISOString().slice(0, 10);
    if (this.notedDay.get(id) === day) return;
    this.notedDay.set(id, day);
    if (this.notedDay.size > MAX_NOTED) this.notedDay.delete(this.notedDay.keys().next().value!);
    const ttl = Math.ceil(Date.now() / 1_000) + KEEP_USE_SECONDS;
    this.table.put({ partition: USE_PARTITION, sort: id, day, ttl }).catch((error: unknown) => {
      this.notedDay.delete(id);
      this.logger.debug(`the use of key ${id} could not be noted: ${String(error)}`);
    });
  }

  private get table(): Table {
    return this.store.table(accessTable(this.config.accessTable));
  }
}

function unknownKey(id: string): GatewayError {
  return new GatewayError({
    type: 'not_found_error',
    message: `No client key has the id ${JSON.stringify(withMaskedKeys(id).slice(0, 40))}.`,
  });
}
