import { StorageError } from './storage-error.js';
import type { Item } from './table.js';

/** DynamoDB's limit applies to all engines, so that calls that work on a laptop also work in production. */
const MAX_ITEM_BYTES = 400 * 1024;
/** Size of an empty list or map. Each member adds a byte. */
const CONTAINER_BYTES = 3;
const MAX_NUMBER_BYTES = 21;

/**
 * Bytes of a value as DynamoDB counts them against its limit of 400 KB, so that all engines refuse the same items.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.min(Math.ceil(String(value).length / 2) + 1, MAX_NUMBER_BYTES);
  if (Array.isArray(value)) return value.reduce((sum, member) => sum + 1 + sizeOf(member), CONTAINER_BYTES);
  if (typeof value !== 'object' || value === null) return 1;
  return CONTAINER_BYTES + Object.keys(value).length + membersSize(value as Record<string, unknown>);
}

/** The members of an item. An item has no overhead of a map. */
function membersSize(members: Readonly<Record<string, unknown>>): number {
  return Object.entries(members).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);
}

/** @throws StorageError `invalid` */
export function checkSize(table: string, attributes: Item): void {
  if (membersSize(attributes) <= MAX_ITEM_BYTES) return;
  throw new StorageError('invalid', `${table}: an item is larger than ${MAX_ITEM_BYTES} bytes`);
}
