import type { TableDefinition } from '@claude-proxy/storage';
import type { RoomTable } from '../state/room-table.js';
import { fallbackSection } from './fallback.config.js';

/** The index that lists what the table holds: limits of users, and drills. */
export const LISTS = { index: 'by-list', limits: 'limits', drills: 'drills' } as const;

export function limitTable(name: string): TableDefinition {
  return {
    name,
    partitionKey: 'user_id',
    indexes: [{ name: LISTS.index, partitionKey: 'list', sortKey: 'user_id' }],
  };
}

export const limitRoomTable: RoomTable = {
  section: fallbackSection,
  setting: 'rateLimitTable',
  define: limitTable,
  actions: ['GetItem', 'PutItem', 'DeleteItem', 'Query'],
};
