import type { Analytics, AnalyticsRange } from '@claude-proxy/admin-api';
import { ClaudeModels } from '@claude-proxy/claude-models';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { dayOf, hourOf } from '../recording/periods.js';
import { TaskRegister } from '../state/task.register.js';
import { FigureTally } from './figures.js';
import { noticesOf } from './notices.js';
import { RangeSums } from './range-sums.js';
import { type RequestLogConfig, requestLogSection } from './request-log.config.js';
import { HOUR_MS, hourPartition, requestsTable, SLOT_MS, slotPartition, userPartition } from './requests.table.js';

const DAY_MS = 24 * HOUR_MS;
/** With this cache, many dashboards cost as much as one. */
const CACHE_MS = 5_000;

/** The length of each range and of its buckets. */
const RANGES: Readonly<Record<AnalyticsRange, { readonly spanMs: number; readonly bucketMs: number }>> = {
  '1h': { spanMs: HOUR_MS, bucketMs: SLOT_MS },
  '24h': { spanMs: DAY_MS, bucketMs: HOUR_MS },
  '7d': { spanMs: 7 * DAY_MS, bucketMs: 6 * HOUR_MS },
  '30d': { spanMs: 30 * DAY_MS, bucketMs: DAY_MS },
};

type Answer = Omit<Analytics, 'in_flight' | 'active_accounts' | 'rate_limited_accounts' | 'requests_last_hour'>;

/** Computes the figures of a time range from the sums of the writer. */
@Injectable()
export class AnalyticsQuery {
  private readonly table: Table;
  private readonly cache = new Map<string, { readonly untilMs: number; readonly answer: Promise<Answer> }>();

  constructor(
    store: TableStore,
    private readonly tasks: TaskRegister,
    @Inject(requestLogSection.token) config: RequestLogConfig,
    private readonly models: ClaudeModels,
  ) {
    this.table = store.table(requestsTable(config.table));
  }

  /** Figures of users need separate queries, so they are read only with `hasUsers`. @throws StorageError */
  async of(
    range: AnalyticsRange,
    hasUsers: boolean,
  ): Promise<Omit<Analytics, 'active_accounts' | 'rate_limited_accounts'>> {
    const answer = await this.cached(range, hasUsers);
    const lastHour = range === '1h' ? answer : await this.cached('1h', false);
    const { in_flight } = await this.tasks.list();
    return { ...answer, requests_last_hour: lastHour.total_requests, in_flight };
  }

  private cached(range: AnalyticsRange, hasUsers: boolean): Promise<Answer> {
    const key = `${range} ${hasUsers}`;
    const known = this.cache.get(key);
    if (known && performance.now() < known.untilMs) return known.answer;
    const answer = this.read(range, hasUsers);
    this.cache.set(key, { untilMs: performance.now() + CACHE_MS, answer });
    answer.catch(() => this.cache.delete(key));
    return answer;
  }

  private async read(range: AnalyticsRange, hasUsers: boolean): Promise<Answer> {
    const { spanMs, bucketMs } = RANGES[range];
    const nowMs = Date.now();
    // The current bucket counts as one of the range.
    const sinceMs = nowMs - (nowMs % Math.min(bucketMs, DAY_MS)) + bucketMs - spanMs;
    const sums = new RangeSums(sinceMs, nowMs, bucketMs);
    const ofUsers = hasUsers ? new FigureTally() : undefined;
    await (range === '1h' ? this.addSlots(sums, ofUsers) : this.addHours(sums));
    if (ofUsers && range !== '1h') await this.addUsers(range, sums, ofUsers);
    const totals = sums.total.figures();
    const byModel = sums.ofModels.toRecord();
    return {
      total_requests: totals.requests,
      total_tokens: totals.input_tokens + totals.output_tokens,
      average_response_time: sums.total.averageDurationMs,
      cost_estimate: totals.cost_usd,
      top_models: Object.entries(byModel)
        .map(([model, { requests }]) => ({ model, count: requests }))
        .slice(0, 10),
      range,
      since: sinceMs,
      until: nowMs,
      bucket_seconds: bucketMs / 1_000,
      totals,
      by_upstream: sums.ofUpstreams.toRecord(),
      by_model: byModel,
      ...(ofUsers && { by_user: ofUsers.toRecord() }),
      errors: sums.total.errorCounts,
      notices: noticesOf(byModel, this.models, nowMs),
      buckets: sums.buckets(),
    };
  }

  /** The last hour: slots of five minutes, by user, upstream and model. */
  private async addSlots(sums: RangeSums, ofUsers: FigureTally | undefined): Promise<void> {
    const hours = periodsOf(sums.sinceMs, sums.nowMs, HOUR_MS, hourOf);
    await this.eachItem(hours.map(slotPartition), (item, partition) => {
      const isWithin = sums.add(timeOf(`${partition.slice('slot#'.length)}:`, item, ':00Z'), item);
      if (isWithin) ofUsers?.add(String(item.user), item);
    });
  }

  private async addHours(sums: RangeSums): Promise<void> {
    const days = periodsOf(sums.sinceMs, sums.nowMs, DAY_MS, dayOf);
    await this.eachItem(days.map(hourPartition), (item, partition) => {
      sums.add(timeOf(`${partition.slice('hour#'.length)}T`, item, ':00:00Z'), item);
    });
  }

  /** Figures of users: per hour for the range of a day, else per day. */
  private async addUsers(range: AnalyticsRange, { sinceMs, nowMs }: RangeSums, ofUsers: FigureTally): Promise<void> {
    const periods =
      range === '24h' ? periodsOf(sinceMs, nowMs, HOUR_MS, hourOf) : periodsOf(sinceMs, nowMs, DAY_MS, dayOf);
    await this.eachItem(periods.map(userPartition), (item) => ofUsers.add(String(item.user), item));
  }

  /** Adds up at most one page per turn of the event loop. */
  private async eachItem(partitions: readonly string[], add: (item: Item, partition: string) => void): Promise<void> {
    const reads = partitions.map(async (partition) => {
      for await (const page of this.table.pages({ partition })) for (const item of page) add(item, partition);
    });
    await Promise.all(reads);
  }
}

/** The two digits at the beginning of the sort key are the minutes or the hour. */
function timeOf(before: string, { sort }: Item, after: string): number {
  return Date.parse(`${before}${String(sort).slice(0, 2)}${after}`);
}

function periodsOf(sinceMs: number, nowMs: number, stepMs: number, nameOf: (timeMs: number) => string): string[] {
  const names = new Set<string>();
  for (let timeMs = sinceMs; timeMs < nowMs; timeMs += stepMs) names.add(nameOf(timeMs));
  return [...names.add(nameOf(nowMs))];
}
