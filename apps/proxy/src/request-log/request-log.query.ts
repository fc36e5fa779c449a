import type { RequestDetail, RequestLine, RequestPage } from '@claude-proxy/admin-api';
import { type Item, type Key, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { dayOf, hourOf } from '../recording/periods.js';
import { Recorder } from '../recording/recorder.js';
import { detailIn, lineOf } from './request-line.js';
import { type RequestLogConfig, requestLogSection } from './request-log.config.js';
import {
  HOUR_MS,
  hourPartition,
  LINE_SHARDS,
  lineKeyOf,
  linePartition,
  lineSort,
  markPartition,
  requestsTable,
} from './requests.table.js';

/** The filter for lines. An undefined field matches all lines. */
export interface LineFilter {
  readonly user?: string;
  readonly model?: string;
  readonly upstream?: string;
  readonly outcome?: string;
  readonly status?: number;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly isFallback?: boolean;
  readonly isError?: boolean;
  readonly slowMs?: number;
}

/** Maximum number of lines per page, matching or not. The cursor continues from there. */
const MAX_READ_LINES = 5_000;
const DAY_MS = 24 * HOUR_MS;
/** A search reads some 20,000 lines a second. */
const MAX_SEARCHED_LINES = 20_000;
/** Of Anthropic (`req_...`) or of AWS (a UUID). */
const UPSTREAM_ID = /^[\w-]{16,80}$/;

/** Reads lines newest first, hour by hour. Marks and figures of a day show which hours have lines. */
@Injectable()
export class RequestLogQuery {
  private readonly table: Table;

  constructor(
    store: TableStore,
    private readonly recorder: Recorder,
    @Inject(requestLogSection.token) private readonly config: RequestLogConfig,
  ) {
    this.table = store.table(requestsTable(config.table));
  }

  /** @throws StorageError */
  async page(filter: LineFilter, limit: number, cursor: string | undefined): Promise<RequestPage> {
    // The first page must include an exchange that has just ended.
    if (cursor === undefined) await this.recorder.flush();
    const found: RequestLine[] = [];
    let read = 0;
    let last: Item | undefined;
    for await (const item of this.newestFirst(filter, cursor)) {
      read += 1;
      last = item;
      const line = lineOf(detailIn(item));
      if (isWanted(line, filter)) found.push(line);
      if (found.length === limit || read === MAX_READ_LINES) break;
    }
    const hasMore = found.length === limit || read === MAX_READ_LINES;
    return { requests: found, next_cursor: hasMore && last ? String(last.sort) : null };
  }

  /** @throws StorageError */
  async detail(id: string): Promise<RequestDetail | undefined> {
    const startedAtMs = Number.parseInt(/^exc_([0-9a-z]{9})[0-9a-f]{15}$/.exec(id)?.[1] ?? '', 36);
    if (Number.isNaN(startedAtMs)) return this.detailByUpstreamId(id);
    const key = lineKeyOf(id, startedAtMs);
    const item = (await this.table.get(key)) ?? (await this.afterFlush(key));
    return item && detailIn(item);
  }

  /** It may have ended a moment ago: the live feed is faster than the recorder. */
  private async afterFlush(key: Key): Promise<Item | undefined> {
    await this.recorder.flush();
    return this.table.get(key);
  }

  /** By the request id of the upstream, which clients show: among the newest lines, because it is not a key. */
  private async detailByUpstreamId(id: string): Promise<RequestDetail | undefined> {
    if (!UPSTREAM_ID.test(id)) return undefined;
    await this.recorder.flush();
    let read = 0;
    for await (const item of this.newestFirst({ sinceMs: Date.now() - 7 * DAY_MS }, undefined)) {
      if (item.upstream_request_id === id) return detailIn(item);
      read += 1;
      if (read === MAX_SEARCHED_LINES) return undefined;
    }
    return undefined;
  }

  /** All lines of a time range, newest first. */
  private async *newestFirst({ sinceMs, untilMs }: LineFilter, cursor: string | undefined): AsyncGenerator<Item> {
    const newestMs = Math.min(untilMs ?? Number.POSITIVE_INFINITY, Date.now(), timeOf(cursor));
    const oldestMs = Math.max(sinceMs ?? 0, Date.now() - this.config.keepDays * DAY_MS);
    // Compares numbers, because the text of a year beyond 9999 starts with a plus, which sorts first.
    for (let dayMs = newestMs; dayMs >= oldestMs - (oldestMs % DAY_MS); dayMs -= DAY_MS) {
      for (const hour of await this.hoursWithLines(dayOf(dayMs))) {
        if (hour > hourOf(newestMs) || hour < hourOf(oldestMs)) continue;
        yield* this.linesOfHour(hour, lineSort(oldestMs), cursor ?? `${lineSort(newestMs)}~`);
      }
    }
  }

  /** Newest first. Figures cover hours of earlier versions, which wrote no marks. */
  private async hoursWithLines(day: string): Promise<string[]> {
    const partitions = [markPartition(day), hourPartition(day)];
    const items = await Promise.all(partitions.map((partition) => Array.fromAsync(this.table.each({ partition }))));
    const hours = new Set(items.flat().map(({ sort }) => `${day}T${String(sort).slice(0, 2)}`));
    return [...hours].sort().reverse();
  }

  /** Merges the shards of an hour by time. */
  private async *linesOfHour(hour: string, from: string, before: string): AsyncGenerator<Item> {
    const shards = Array.from({ length: LINE_SHARDS }, (_, shard) =>
      this.table.each({ partition: linePartition(hour, shard), from, to: before, descending: true, limit: 200 }),
    );
    const heads = await Promise.all(shards.map((shard) => shard.next()));
    while (true) {
      const next = newestOf(heads);
      if (next === undefined) return;
      const item = heads[next]!.value as Item;
      heads[next] = await shards[next]!.next();
      if (String(item.sort) < before) yield item;
    }
  }
}

function newestOf(heads: readonly IteratorResult<Item>[]): number | undefined {
  let newest: number | undefined;
  for (const [index, head] of heads.entries()) {
    if (head.done) continue;
    const best = newest === undefined ? undefined : (heads[newest]!.value as Item);
    if (!best || String(head.value.sort) > String(best.sort)) newest = index;
  }
  return newest;
}

function timeOf(cursor: string | undefined): number {
  return cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor.split('#')[0]);
}

function isWanted(line: RequestLine, filter: LineFilter): boolean {
  const { user, model, upstream, outcome, status, sinceMs, untilMs, isFallback, isError, slowMs } = filter;
  return (
    isSame(user, line.user) &&
    isSame(model, line.model) &&
    isSame(upstream, line.upstream) &&
    isSame(outcome, line.outcome) &&
    isSame(status, line.status) &&
    line.started_at >= (sinceMs ?? 0) &&
    line.started_at <= (untilMs ?? Number.POSITIVE_INFINITY) &&
    (!isFallback || line.is_fallback) &&
    (!isError || line.outcome === 'refused' || line.outcome === 'broken') &&
    line.duration_ms >= (slowMs ?? 0)
  );
}

function isSame(wanted: unknown, value: unknown): boolean {
  return wanted === undefined || wanted === value;
}
