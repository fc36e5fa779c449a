import type { TableDefinition } from '@claude-proxy/storage';

/** Who may do what, and what operators have changed. Each kind of item has partitions of its own (`audit#2026-11`). */
export function accessTable(name: string): TableDefinition {
  return { name, partitionKey: 'partition', sortKey: 'sort' };
}
