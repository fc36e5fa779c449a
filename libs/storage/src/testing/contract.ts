import type { TableDefinition, TableStore } from '../table.js';

/** The table shapes of the gateway: one key, two keys, and an index. */
export const USERS: TableDefinition = { name: 'contract-users', partitionKey: 'user_id' };

export const EVENTS: TableDefinition = {
  name: 'contract-events',
  partitionKey: 'stream',
  sortKey: 'at',
  indexes: [
    { name: 'by-period', partitionKey: 'period', sortKey: 'rank' },
    { name: 'by-owner', partitionKey: 'owner' },
  ],
};

/** A table that is never created. */
export const GHOSTS: TableDefinition = { name: 'contract-ghosts', partitionKey: 'ghost_id' };

export interface TableContract {
  /** Whether the engine has transactions. Without them, the store must report that. Default true. */
  readonly transactions?: boolean;
  /** The effect of using an unknown table: an error, or a new table. Default `refused`. */
  readonly missingTables?: 'refused' | 'created';
}

/** The environment of the contract tests: the store under test, a clock, and unique keys. */
export interface Bench {
  readonly store: TableStore;
  nowSeconds(): number;
  pass(seconds: number): void;
  unusedKey(): string;
}
