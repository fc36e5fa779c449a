import type { Key, TableDefinition } from '@claude-proxy/storage';
import { dayOf, hourOf } from '../recording/periods.js';
import type { RoomTable } from '../state/room-table.js';
import { requestLogSection } from './request-log.config.js';

/** Number of partitions for the lines of one hour. */
export const LINE_SHARDS = 4;

export const HOUR_MS = 60 * 60 * 1_000;
export const SLOT_MS = 5 * 60 * 1_000;

/** Lines and figures of finished exchanges. */
export function requestsTable(name: string): TableDefinition {
  return { name, partitionKey: 'partition', sortKey: 'sort' };
}

export function linePartition(hour: string, shard: number): string {
  return `line#${hour}#${shard}`;
}

/** The key of an exchange's line: its hour and a shard (ids end in random digits), then its time and id. */
export function lineKeyOf(id: string, startedAtMs: number): Key {
  const shard = Number.parseInt(id.slice(-1), 16) % LINE_SHARDS;
  return { partition: linePartition(hourOf(startedAtMs), shard), sort: lineSort(startedAtMs, id) };
}

/** Sorts by time. The id distinguishes exchanges of the same millisecond. */
export function lineSort(startedAtMs: number, id = ''): string {
  return `${String(startedAtMs).padStart(15, '0')}#${id}`;
}

/** Figures of five minutes, by user, upstream and model, for the last hour or two. */
export function slotKeyOf(timeMs: number, user: string, upstream: string, model: string): Key {
  const minutes = new Date(timeMs - (timeMs % SLOT_MS)).toISOString().slice(14, 16);
  return { partition: slotPartition(hourOf(timeMs)), sort: [minutes, user, upstream, model].join('#') };
}

export function slotPartition(hour: string): string {
  return `slot#${hour}`;
}

/** Figures of an hour, by upstream and model. */
export function hourKeyOf(timeMs: number, upstream: string, model: string): Key {
  return { partition: hourPartition(dayOf(timeMs)), sort: [hourOf(timeMs).slice(11), upstream, model].join('#') };
}

export function hourPartition(day: string): string {
  return `hour#${day}`;
}

/** Marks an hour of the day (`09`) with lines. Figures exist only for hours with messages, and not as long. */
export function markKeyOf(hour: string): Key {
  return { partition: markPartition(hour.slice(0, 10)), sort: hour.slice(11) };
}

export function markPartition(day: string): string {
  return `lines#${day}`;
}

/** Figures of one user in an hour (`2026-11-21T09`) or a day (`2026-11-21`). */
export function userKeyOf(period: string, user: string): Key {
  return { partition: userPartition(period), sort: user };
}

export function userPartition(period: string): string {
  return `user#${period}`;
}

/** Who is counted per day beside users. Their number is bounded by the settings of operators. */
export type Part = 'team' | 'account' | 'key';

/** Figures of one team, account or client key on a day. */
export function partKeyOf(part: Part, day: string, name: string): Key {
  return { partition: partPartition(part, day), sort: name };
}

export function partPartition(part: Part, day: string): string {
  return `${part}#${day}`;
}

export const requestsRoomTable: RoomTable = {
  section: requestLogSection,
  setting: 'table',
  define: requestsTable,
  actions: ['GetItem', 'PutItem', 'BatchWriteItem', 'UpdateItem', 'DeleteItem', 'Query'],
};
