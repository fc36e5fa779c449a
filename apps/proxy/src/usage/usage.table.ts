import { hash } from 'node:crypto';
import type { TableDefinition } from '@claude-proxy/storage';

export const USAGE_BY_PERIOD = 'by-period';

/** One day's counters of all users are spread over so many index partitions, so that none runs hot. */
export const PERIOD_SHARDS = 4;

/** Keys and counters are the published schema of the original; the index makes "all users of a day" a query. */
export function usageTable(name: string): TableDefinition {
  return {
    name,
    partitionKey: 'user_period',
    indexes: [{ name: USAGE_BY_PERIOD, partitionKey: 'period_shard', sortKey: 'user_period' }],
  };
}

/** `alice#2026-11-21` for stand-ins, `alice#2026-11-21#anthropic` for Anthropic. The day is UTC. */
export function usageKeyOf(user: string, period: string, requestType: string): string {
  return requestType === 'bedrock' ? `${user}#${period}` : `${user}#${period}#${requestType}`;
}

export function periodShardOf(period: string, user: string): string {
  const shard = Number.parseInt(hash('sha256', user).slice(0, 4), 16) % PERIOD_SHARDS;
  return `${period}#${shard}`;
}
