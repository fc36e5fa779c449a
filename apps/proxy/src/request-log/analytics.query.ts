import type { Analytics, AnalyticsRange, Bucket } from '@claude-proxy/admin-api';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { dayOf, hourOf } from '../recording/periods.js';
import { FigureSum, FigureTally } from './figures.js';
import { noticesOf } from './notices.js';
import { type RequestLogConfig, requestLogSection } from './request-log.config.js';
import { HOUR_MS, hourPartition, requestsTable, SLOT_MS, slotPartition, userPartition } from './requests.table.js';

const DAY_MS = 24 * HOUR_MS;
/** Many dashboards cost no more than one. */
const CACHE_MS = 5_000;

/** A range: how long, in which buckets, and whether its first bucket begins with an UTC day. */
const RANGES: Readonly<Record<AnalyticsRange, { readonly spanMs: number; readonly bucketMs: number }>> = {
  '1h': { spanMs: HOUR_MS, bucketMs: SLOT_MS },
  '24h': { spanMs: DAY_MS, bucketMs: HOUR_MS },
  '7d': { spanMs: 7 * DAY_MS, bucketMs: 6 * HOUR_MS },
  '30d': { spanMs: 30 * DAY_MS, bucketMs: DAY_MS },
};

/** Figures as they stand in the table, with their time. */
interface TimedItem {
  readonly timeMs: number;
  readonly item: Item;
}

type Answer = Omit<Analytics, 'in_flight' | 'active_accounts' | 'rate_limited_accounts' | 'requests_last_hour'>;

/** Makes figures of a span of time from those that the ledger has added up. */
@Injectable()
export class AnalyticsQuery {
  private readonly table: Table;
  private readonly cache = new Map<string, { readonly untilMs: number; readonly answer: Promise<Answer> }>();

  constructor(
    store: TableStore,
    private readonly feed: ExchangeFeed,
    @Inject(requestLogSection.token) config: RequestLogConfig,
  ) {
    this.table = store.table(requestsTable(config.table));
  }

  /** @throws StorageError */
  async of(range: AnalyticsRange): Promise<Omit<Analytics, 'active_accounts' | 'rate_limited_accounts'>> {
    const answer = await this.cached(range);
    const lastHour = range === '1h' ? answer : await this.cached('1h');
    return { ...answer, requests_last_hour: lastHour.total_requests, in_flight: this.feed.inFlight };
  }

  private cached(range: AnalyticsRange): Promise<Answer> {
    const known = this.cache.get(range);
    if (known && performance.now() < known.untilMs) return known.answer;
    const answer = this.read(range);
    this.cache.set(range, { untilMs: performance.now() + CACHE_MS, answer });
    answer.catch(() => this.cache.delete(range));
    return answer;
  }

  private async read(range: AnalyticsRange): Promise<Answer> {
    const { spanMs, bucketMs } = RANGES[range];
    const nowMs = Date.now();
    // The bucket that is filling counts as one of the range.
    const sinceMs = nowMs - (nowMs % Math.min(bucketMs, DAY_MS)) + bucketMs - spanMs;
    const [items, users] = await Promise.all([
      this.itemsSince(range, sinceMs, nowMs),
      this.usersSince(range, sinceMs, nowMs),
    ]);
    const total = new FigureSum();
    const [ofUpstreams, ofModels, ofUsers] = [new FigureTally(), new FigureTally(), new FigureTally()];
    for (const { item } of items) {
      total.add(item);
      ofUpstreams.add(String(item.upstream), item);
      ofModels.add(String(item.model), item);
    }
    for (const item of users) ofUsers.add(String(item.user), item);
    const totals = total.figures();
    const byModel = ofModels.toRecord();
    return {
      total_requests: totals.requests,
      total_tokens: totals.input_tokens + totals.output_tokens,
      average_response_time: total.averageDurationMs,
      cost_estimate: totals.cost_usd,
      top_models: Object.entries(byModel)
        .map(([model, { requests }]) => ({ model, count: requests }))
        .slice(0, 10),
      range,
      since: sinceMs,
      until: nowMs,
      bucket_seconds: bucketMs / 1_000,
      totals,
      by_upstream: ofUpstreams.toRecord(),
      by_model: byModel,
      by_user: ofUsers.toRecord(),
      notices: noticesOf(byModel, nowMs),
      buckets: bucketsOf(items, sinceMs, nowMs, bucketMs),
    };
  }

  private async itemsSince(range: AnalyticsRange, sinceMs: number, nowMs: number): Promise<TimedItem[]> {
    if (range === '1h') {
      const hours = periodsOf(sinceMs, nowMs, HOUR_MS, hourOf);
      const items = await Promise.all(hours.map((hour) => this.timedItems(slotPartition(hour), `${hour}:`, ':00Z')));
      return items.flat().filter(({ timeMs }) => timeMs >= sinceMs);
    }
    const days = periodsOf(sinceMs, nowMs, DAY_MS, dayOf);
    const items = await Promise.all(days.map((day) => this.timedItems(hourPartition(day), `${day}T`, ':00:00Z')));
    return items.flat().filter(({ timeMs }) => timeMs >= sinceMs);
  }

  /** The two digits at the beginning of the sort key are the minutes or the hour. */
  private async timedItems(partition: string, before: string, after: string): Promise<TimedItem[]> {
    const items = await Array.fromAsync(this.table.each({ partition }));
    return items.map((item) => ({ timeMs: Date.parse(`${before}${String(item.sort).slice(0, 2)}${after}`), item }));
  }

  /** Figures of users: of the last hour by slot, of a day by hour, else by day. */
  private async usersSince(range: AnalyticsRange, sinceMs: number, nowMs: number): Promise<Item[]> {
    if (range === '1h') return (await this.itemsSince(range, sinceMs, nowMs)).map(({ item }) => item);
    const periods =
      range === '24h' ? periodsOf(sinceMs, nowMs, HOUR_MS, hourOf) : periodsOf(sinceMs, nowMs, DAY_MS, dayOf);
    const items = await Promise.all(
      periods.map((period) => Array.fromAsync(this.table.each({ partition: userPartition(period) }))),
    );
    return items.flat();
  }
}

function periodsOf(sinceMs: number, nowMs: number, stepMs: number, nameOf: (timeMs: number) => string): string[] {
  const names = new Set<string>();
  for (let timeMs = sinceMs; timeMs < nowMs; timeMs += stepMs) names.add(nameOf(timeMs));
  return [...names.add(nameOf(nowMs))];
}

function bucketsOf(items: readonly TimedItem[], sinceMs: number, nowMs: number, bucketMs: number): Bucket[] {
  const ofBuckets = new Map<number, Item[]>();
  for (let timeMs = sinceMs; timeMs <= nowMs; timeMs += bucketMs) ofBuckets.set(timeMs, []);
  for (const { timeMs, item } of items) {
    ofBuckets.get(sinceMs + Math.floor((timeMs - sinceMs) / bucketMs) * bucketMs)?.push(item);
  }
  return [...ofBuckets].map(([time, ofBucket]) => bucketOf(time, ofBucket));
}

function bucketOf(time: number, items: readonly Item[]): Bucket {
  const sum = new FigureSum();
  const [ofUpstreams, ofModels] = [new FigureTally(), new FigureTally()];
  for (const item of items) {
    sum.add(item);
    ofUpstreams.add(String(item.upstream), item);
    ofModels.add(String(item.model), item);
  }
  return { time, ...sum.figures(), by_upstream: ofUpstreams.toRecord(), by_model: ofModels.toRecord() };
}
