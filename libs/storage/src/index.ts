export type { DynamoOptions } from './dynamo-calls.js';
export { DynamoTableStore } from './dynamo-store.js';
export { type SqliteOptions, SqliteTableStore } from './sqlite-store.js';
export { ConditionFailedError, StorageError, type StorageFailure } from './storage-error.js';
export {
  type AtMostCondition,
  type Change,
  DEFAULT_QUERY_LIMIT,
  type EqualsCondition,
  IDEMPOTENCY_WINDOW_MS,
  type IncrementCondition,
  type IndependentWrite,
  type IndexDefinition,
  type Item,
  type Key,
  MAX_WRITES_PER_TRANSACTION,
  type Page,
  type PutCondition,
  type Query,
  type Refusal,
  type Step,
  Table,
  type TableDefinition,
  TableStore,
  type Write,
} from './table.js';
