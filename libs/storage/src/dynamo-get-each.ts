import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { backOff, type DynamoCalls } from './dynamo-calls.js';
import { StorageError } from './storage-error.js';
import type { Item, Key } from './table.js';

/** The limit of BatchGetItem. */
const MAX_BATCH = 100;

/** The items of distinct keys, including expired ones. Reads that may lag cost half. */
export async function getEach(table: string, keys: readonly Key[], calls: DynamoCalls): Promise<Item[]> {
  const items: Item[] = [];
  for (let start = 0; start < keys.length; start += MAX_BATCH) {
    items.push(...(await getBatch(table, keys.slice(start, start + MAX_BATCH), calls)));
  }
  return items;
}

/** The engine leaves keys unread if the items have more than 16 MB, or if it is busy. */
async function getBatch(table: string, keys: readonly Key[], calls: DynamoCalls): Promise<Item[]> {
  const items: Item[] = [];
  let left: Record<string, unknown>[] = [...keys];
  let vainAttempts = 0;
  while (left.length > 0) {
    const command = new BatchGetCommand({ RequestItems: { [table]: { Keys: left } } });
    const { Responses: found, UnprocessedKeys: rest } = await calls.repeatable(table, (client) => client.send(command));
    const unread = rest?.[table]?.Keys ?? [];
    items.push(...(found?.[table] ?? []));
    vainAttempts = unread.length < left.length ? 0 : vainAttempts + 1;
    if (vainAttempts >= calls.maxAttempts)
      throw new StorageError('throttled', `DynamoDB, ${table}: a batch stays unread`);
    if (vainAttempts > 0) await backOff(vainAttempts);
    left = unread;
  }
  return items;
}
