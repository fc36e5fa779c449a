import type { LineOrder, RequestDetail, RequestLine, RequestPage } from '@claude-proxy/admin-api';
import { type Item, type Key, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { dayOf, hourOf } from '../recording/periods.js';
import { Recorder } from '../recording/recorder.js';
import { FirstLines, NewestLines } from './found-lines.js';
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

/** Which lines to return. */
export interface LineFilter {
  readonly sinceMs?: number;
  readonly untilMs?: number;
  isWanted(line: RequestDetail): boolean;
}

type Span = Pick<LineFilter, 'sinceMs' | 'untilMs'>;

export interface LinePaging {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Default: newest first. */
  readonly order?: LineOrder | undefined;
}

/** Maximum number of lines that one page reads, wanted or not: about a second of work. The cursor continues from there. */
const MAX_SEARCHED_LINES = 20_000;
/** On a slow store, a page ends earlier. */
const MAX_SEARCH_MS = 3_000;
const DAY_MS = 24 * HOUR_MS;
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
  async page(filter: LineFilter, { limit, cursor, order }: LinePaging): Promise<RequestPage> {
    // The first page must include an exchange that has just ended.
    if (cursor === undefined) await this.recorder.flush();
    const found = order ? new FirstLines(order, limit) : new NewestLines(limit);
    const search = new Search();
    for await (const item of this.newestFirst(filter, cursor)) {
      const detail = detailIn(item);
      if (filter.isWanted(detail)) found.add(lineOf(detail));
      search.note(item);
      if (found.isFull || search.isLongEnough) break;
    }
    const hasMore = found.isFull || search.isLongEnough;
    return {
      requests: found.toArray(),
      next_cursor: hasMore ? search.position : null,
      searched_since: hasMore ? timeOf(search.position) : this.oldestMsOf(filter),
      searched_requests: search.lines,
    };
  }

  /** @throws StorageError */
  async detail(id: string): Promise<RequestDetail | undefined> {
    const key = keyOf(id);
    if (!key) return this.detailByUpstreamId(id);
    const item = (await this.table.get(key)) ?? (await this.afterFlush(key));
    return item && detailIn(item);
  }

  /** The newest stored lines since a time, at most so many. @throws StorageError */
  async newest(sinceMs: number, limit: number): Promise<RequestLine[]> {
    const found: RequestLine[] = [];
    for await (const item of this.newestFirst({ sinceMs }, undefined)) {
      found.push(lineOf(detailIn(item)));
      if (found.length === limit) break;
    }
    return found;
  }

  /** Undefined if it is not stored, or not yet. @throws StorageError */
  async storedLine(id: string): Promise<RequestLine | undefined> {
    const key = keyOf(id);
    const item = key && (await this.table.get(key));
    return item && lineOf(detailIn(item));
  }

  /** It may have ended a moment ago: the live feed is faster than the recorder. */
  private async afterFlush(key: Key): Promise<Item | undefined> {
    await this.recorder.flush();
    return this.table.get(key);
  }

  /**
   * All wanted lines, newest first, until the search has read as many lines as one answer may.
   *
   * @returns the time from which on all lines were read
   * @throws StorageError
   */
  async each(filter: LineFilter, maxLines: number, add: (line: RequestDetail) => void): Promise<number> {
    await this.recorder.flush();
    const search = new Search(maxLines);
    for await (const item of this.newestFirst(filter, undefined)) {
      const detail = detailIn(item);
      if (filter.isWanted(detail)) add(detail);
      search.note(item);
      if (search.isLongEnough) return timeOf(search.position);
    }
    return this.oldestMsOf(filter);
  }

  /** By the request id of the upstream, which clients show: among the newest lines, because it is not a key. */
  private async detailByUpstreamId(id: string): Promise<RequestDetail | undefined> {
    if (!UPSTREAM_ID.test(id)) return undefined;
    await this.recorder.flush();
    const search = new Search();
    for await (const item of this.newestFirst({ sinceMs: Date.now() - 7 * DAY_MS }, undefined)) {
      if (item.upstream_request_id === id) return detailIn(item);
      search.note(item);
      if (search.isLongEnough) return undefined;
    }
    return undefined;
  }

  /** All lines of a time range, newest first. */
  private async *newestFirst(span: Span, cursor: string | undefined): AsyncGenerator<Item> {
    const newestMs = Math.min(span.untilMs ?? Number.POSITIVE_INFINITY, Date.now(), timeOf(cursor));
    const oldestMs = this.oldestMsOf(span);
    // Compares numbers, because the text of a year beyond 9999 starts with a plus, which sorts first.
    for (let dayMs = newestMs; dayMs >= oldestMs - (oldestMs % DAY_MS); dayMs -= DAY_MS) {
      for (const hour of await this.hoursWithLines(dayOf(dayMs))) {
        if (hour > hourOf(newestMs) || hour < hourOf(oldestMs)) continue;
        yield* this.linesOfHour(hour, lineSort(oldestMs), cursor ?? `${lineSort(newestMs)}~`);
      }
    }
  }

  private oldestMsOf({ sinceMs }: Span): number {
    return Math.max(sinceMs ?? 0, Date.now() - this.config.keepDays * DAY_MS);
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

/** An id of ours begins with the time of its request. */
function keyOf(id: string): Key | undefined {
  const startedAtMs = Number.parseInt(/^exc_([0-9a-z]{9})[0-9a-f]{15}$/.exec(id)?.[1] ?? '', 36);
  return Number.isNaN(startedAtMs) ? undefined : lineKeyOf(id, startedAtMs);
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

/** How far a page has read. */
class Search {
  private readonly startedMs = performance.now();
  private last: Item | undefined;
  lines = 0;

  constructor(private readonly maxLines = MAX_SEARCHED_LINES) {}

  note(item: Item): void {
    this.lines += 1;
    this.last = item;
  }

  get isLongEnough(): boolean {
    return this.lines >= this.maxLines || performance.now() - this.startedMs > MAX_SEARCH_MS;
  }

  /** Of the last line, as a cursor. */
  get position(): string {
    return String(this.last?.sort);
  }
}
