import { type Item, type Key, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { accessTable } from '../../state/access.table.js';
import { AccessChanges } from '../../state/access-changes.js';
import { type StateConfig, stateSection } from '../../state/state.config.js';
import type { BudgetRecord, BudgetUnit } from './budget-record.js';
import type { BudgetWindow } from './budget-windows.js';

const PARTITION = 'budgets';
const STATEMENT = 'statement#';

/** Budgets and their counters in the store. */
@Injectable()
export class BudgetStore {
  constructor(
    private readonly store: TableStore,
    private readonly changes: AccessChanges,
    @Inject(stateSection.token) private readonly config: StateConfig,
  ) {}

  /** Opened on first use, so that an installation without this table still has a working store. */
  get table(): Table {
    return this.store.table(accessTable(this.config.accessTable));
  }

  get definition() {
    return accessTable(this.config.accessTable);
  }

  /** False for an embedded store, which only this process uses. */
  get isShared(): boolean {
    return this.config.engine === 'dynamodb';
  }

  /** @throws StorageError */
  async all(): Promise<BudgetRecord[]> {
    return Array.fromAsync(this.table.each({ partition: PARTITION }), recordIn);
  }

  /** @throws StorageError */
  async find(scope: string): Promise<BudgetRecord | undefined> {
    const item = await this.table.get({ partition: PARTITION, sort: scope });
    return item && recordIn(item);
  }

  /** @throws StorageError */
  async put(record: BudgetRecord): Promise<void> {
    await this.table.put({ partition: PARTITION, sort: record.scope, ...record });
    await this.changes.announce('budgets');
  }

  /** @throws StorageError */
  async remove(scope: string): Promise<void> {
    await this.table.delete({ partition: PARTITION, sort: scope });
    await this.changes.announce('budgets');
  }

  /** The items of a month, one per scope that has spent something. @throws StorageError */
  statement(month: string): AsyncGenerator<Item> {
    return this.table.each({ partition: STATEMENT + month });
  }

  statementKey(month: string, scope: string): Key {
    return { partition: STATEMENT + month, sort: scope };
  }

  counterKey(scope: string, isBedrock: boolean, unit: BudgetUnit, { id }: BudgetWindow): Key {
    return { partition: `budget#${scope}${isBedrock ? '#bedrock' : ''}`, sort: `${unit}#${id}` };
  }
}

function recordIn({ partition: _partition, sort: _sort, ttl: _ttl, ...record }: Item): BudgetRecord {
  return record as unknown as BudgetRecord;
}
