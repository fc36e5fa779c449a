import { hash } from 'node:crypto';
import type { Item, TableDefinition } from '@claude-proxy/storage';
import type { RoomTable } from '../state/room-table.js';
import { usageSection } from './usage.config.js';

export const USAGE_BY_PERIOD = 'by-period';

/** Number of index partitions for the counters of one day, so that none becomes hot. */
export const PERIOD_SHARDS = 4;

const COUNTED_IN = 'counted_in';
/** The name of an upstream contains no `#`. */
const ENTRY_END = '##entry';

/** Keys and counters are the published schema of the original project. The index lists the users of a day. */
export function usageTable(name: string): TableDefinition {
  return {
    name,
    partitionKey: 'user_period',
    indexes: [{ name: USAGE_BY_PERIOD, partitionKey: 'period_shard', sortKey: 'user_period' }],
  };
}

/** `alice#2026-11-21` for Bedrock, `alice#2026-11-21#anthropic` and so on for other upstreams. The day is UTC. */
export function usageKeyOf(user: string, period: string, requestType: string): string {
  return requestType === 'bedrock' ? `${user}#${period}` : `${user}#${period}#${requestType}`;
}

export function periodShardOf(period: string, user: string): string {
  const shard = Number.parseInt(hash('sha256', user).slice(0, 4), 16) % PERIOD_SHARDS;
  return `${period}#${shard}`;
}

/** An index entry names an item of counters. It is written once a day, so that counting does not write the index. */
export function entryOf(key: string, period: string, user: string): Item {
  return { user_period: `${key}${ENTRY_END}`, period_shard: periodShardOf(period, user), [COUNTED_IN]: key };
}

/** The key of the item that an index entry names; undefined for an item that has its counters itself. */
export function keyOfEntry(item: Item): string | undefined {
  const key = item[COUNTED_IN];
  return typeof key === 'string' ? key : undefined;
}

/** Whether the index contains the item itself, as earlier versions wrote all items. */
export function isIndexed(item: Item): boolean {
  return item.period_shard !== undefined;
}

export const usageRoomTable: RoomTable = {
  section: usageSection,
  setting: 'usageTable',
  define: usageTable,
  actions: ['GetItem', 'BatchGetItem', 'BatchWriteItem', 'UpdateItem', 'DeleteItem', 'Query'],
};
