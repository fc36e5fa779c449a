import type { TableDefinition, TableStore } from '../table.js';

/** The shapes of table the gateway has: one key, two keys, and a second way in. */
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

/** Known to nobody: never created. */
export const GHOSTS: TableDefinition = { name: 'contract-ghosts', partitionKey: 'ghost_id' };

export interface TableContract {
  /** Whether the engine has transactions; a store over one that has none must say so. True by default. */
  readonly transactions?: boolean;
  /** What an unknown table is to this engine: an error, or a table to be made. `refused` by default. */
  readonly missingTables?: 'refused' | 'created';
}

/** What a promise may use: the store under test, a clock of its own, and keys nobody else uses. */
export interface Bench {
  readonly store: TableStore;
  nowSeconds(): number;
  pass(seconds: number): void;
  unusedKey(): string;
}
