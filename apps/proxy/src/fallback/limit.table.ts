import type { TableDefinition } from '@claude-proxy/storage';

export function limitTable(name: string): TableDefinition {
  return { name, partitionKey: 'user_id' };
}
