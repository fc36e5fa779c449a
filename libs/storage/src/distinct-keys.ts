import { checkedKey } from './checked-writes.js';
import type { Key, TableDefinition } from './table.js';

/** Validated keys, each once: DynamoDB refuses a batch that names an item twice. @throws StorageError `invalid` */
export function distinctKeys(definition: TableDefinition, keys: readonly Key[]): Key[] {
  const checked = keys.map((key) => checkedKey(definition, key));
  return [...new Map(checked.map((key) => [JSON.stringify(key), key])).values()];
}
