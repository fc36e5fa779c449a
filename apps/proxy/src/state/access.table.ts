import type { TableDefinition } from '@claude-proxy/storage';
import type { RoomTable } from './room-table.js';
import { stateSection } from './state.config.js';

/** Permissions, and changes by operators. Each kind of item has its own partitions (`audit#2026-11`). */
export function accessTable(name: string): TableDefinition {
  return { name, partitionKey: 'partition', sortKey: 'sort' };
}

export const accessRoomTable: RoomTable = {
  section: stateSection,
  setting: 'accessTable',
  define: accessTable,
  actions: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'],
};
