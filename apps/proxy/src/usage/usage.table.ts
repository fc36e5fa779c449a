import { hash } from 'node:crypto';
import type { TableDefinition } from '@claude-proxy/storage';
import type { RoomTable } from '../state/room-table.js';
import { usageSection } from './usage.config.js';

export const USAGE_BY_PERIOD = 'by-period';

/** Number of index partitions for the counters of one day, so that none becomes hot. */
export const PERIOD_SHARDS = 4;

/** The first four are the published schema of the original project. `total_tokens` excludes the cache. */
export const COUNTERS = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'request_count',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cost_nano_usd',
  'unpriced_count',
] as const;
export type Counts = Record<(typeof COUNTERS)[number], number>;

export function emptyCounts(): Counts {
  return Object.fromEntries(COUNTERS.map((counter) => [counter, 0])) as Counts;
}

/** Keys and counters are the published schema of the original project; the index makes "all users of a day" a query. */
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

const MODEL_COUNTER = /^model#(.+)#([a-z_]+)$/;

/** Counters per model are top-level attributes, because only those can be incremented. */
export function modelCounter(model: string, counter: string): string {
  return `model#${model}#${counter}`;
}

export function parseModelCounter(attribute: string): { model: string; counter: string } | undefined {
  const [, model, counter] = MODEL_COUNTER.exec(attribute) ?? [];
  return model && counter ? { model, counter } : undefined;
}

/** One letter each, because an item has them for every hour and model. `total_tokens` follows from input and output. */
const LETTERS = {
  i: 'input_tokens',
  o: 'output_tokens',
  r: 'request_count',
  w: 'cache_creation_input_tokens',
  c: 'cache_read_input_tokens',
  $: 'cost_nano_usd',
  u: 'unpriced_count',
} as const satisfies Readonly<Record<string, keyof Counts>>;
const HOUR_COUNTER = /^(\d\d)#([\w-]{4})#(.)$/;
const marks = new Map<string, string>();
const MAX_MARKS = 1_000;

/** A model in the names of hour counters: 24 bits of a hash. An item has few models, and their names too. */
export function modelMarkOf(model: string): string {
  let mark = marks.get(model);
  if (mark === undefined) {
    mark = hash('sha256', model, 'base64url').slice(0, 4);
    if (marks.size >= MAX_MARKS) marks.clear();
    marks.set(model, mark);
  }
  return mark;
}

/** The counters of one hour (`09`) and model, by which days of other zones are added up. Zeros are left out. */
export function hourCounters(hour: string, model: string, counts: Counts): Record<string, number> {
  const named = Object.entries(LETTERS).filter(([, counter]) => counts[counter] !== 0);
  const mark = modelMarkOf(model);
  return Object.fromEntries(named.map(([letter, counter]) => [`${hour}#${mark}#${letter}`, counts[counter]]));
}

export function parseHourCounter(attribute: string) {
  const [, hour, mark, letter] = HOUR_COUNTER.exec(attribute) ?? [];
  if (!hour || !mark || !letter || !Object.hasOwn(LETTERS, letter)) return undefined;
  return { hour: Number(hour), mark, counter: LETTERS[letter as keyof typeof LETTERS] };
}

export const usageRoomTable: RoomTable = {
  section: usageSection,
  setting: 'usageTable',
  define: usageTable,
  actions: ['GetItem', 'UpdateItem', 'DeleteItem', 'Query'],
};
