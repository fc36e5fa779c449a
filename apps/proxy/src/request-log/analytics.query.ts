import type { Analytics } from '@claude-proxy/admin-api';
import { ClaudeModels } from '@claude-proxy/claude-models';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { dayOf, hourOf } from '../recording/periods.js';
import { TaskRegister } from '../state/task.register.js';
import { FigureTally } from './figures.js';
import { type FiguresQuestion, figuresQuestionOf, lastHourOf } from './figures-question.js';
import { DAY_MS } from './figures-span.js';
import { figuresOfLine } from './line-figures.js';
import { noticesOf } from './notices.js';
import { RangeSums } from './range-sums.js';
import { type RequestLogConfig, requestLogSection } from './request-log.config.js';
import { type LineFilter, RequestLogQuery } from './request-log.query.js';
import { HOUR_MS, hourPartition, requestsTable, slotPartition, userPartition } from './requests.table.js';

/** With this cache, many dashboards cost as much as one. */
const CACHE_MS = 5_000;
/** A question can be anything, so only the latest answers are kept. */
const MAX_CACHED = 50;
/** About two seconds of work, in turns of the event loop. */
const MAX_SUMMED_LINES = 50_000;
/** A range that ends now was worked out a moment ago: it has all of today. */
const MOMENT_MS = 60_000;

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
    private readonly log: RequestLogQuery,
  ) {
    this.table = store.table(requestsTable(config.table));
  }

  /** All requests of the hour that ends now. @throws StorageError */
  lastHour(): Promise<Omit<Analytics, 'active_accounts' | 'rate_limited_accounts'>> {
    return this.of(figuresQuestionOf({ range: '1h' }, [], Date.now()));
  }

  /** @throws StorageError */
  async of(question: FiguresQuestion): Promise<Omit<Analytics, 'active_accounts' | 'rate_limited_accounts'>> {
    const answer = await this.cached(question);
    const lastHour = question.span.range === '1h' ? answer : await this.cached(lastHourOf(question));
    const { in_flight } = await this.tasks.list();
    return { ...answer, requests_last_hour: lastHour.total_requests, in_flight };
  }

  private cached(question: FiguresQuestion): Promise<Answer> {
    const { key } = question;
    const known = this.cache.get(key);
    if (known && performance.now() < known.untilMs) return known.answer;
    const answer = this.read(question);
    this.cache.delete(key);
    this.cache.set(key, { untilMs: performance.now() + CACHE_MS, answer });
    if (this.cache.size > MAX_CACHED) this.cache.delete(this.cache.keys().next().value!);
    answer.catch(() => this.cache.delete(key));
    return answer;
  }

  private async read(question: FiguresQuestion): Promise<Answer> {
    const { range, sinceMs, untilMs, bucketMs, starts } = question.span;
    const sums = new RangeSums(starts, untilMs);
    const ofUsers = new FigureTally();
    const completeSinceMs = question.lines
      ? await this.addLines(question.lines, sums, ofUsers)
      : await this.addPeriods(question, sums, ofUsers);
    const totals = sums.total.figures();
    const byModel = sums.ofModels.toRecord();
    return {
      total_requests: totals.requests,
      total_tokens: totals.input_tokens + totals.output_tokens,
      average_response_time: sums.total.averageDurationMs,
      cost_estimate: totals.cost_usd ?? 0,
      top_models: Object.entries(byModel)
        .map(([model, { requests }]) => ({ model, count: requests }))
        .slice(0, 10),
      range,
      since: sinceMs,
      until: untilMs,
      complete_since: completeSinceMs,
      bucket_seconds: bucketMs / 1_000,
      totals,
      by_upstream: sums.ofUpstreams.toRecord(),
      by_model: byModel,
      ...(question.hasUsers && ofUsers.size > 0 && { by_user: ofUsers.toRecord() }),
      errors: sums.total.errorCounts,
      notices: noticesOf(byModel, this.models, Date.now()),
      buckets: sums.buckets(),
    };
  }

  /** Any filter, from the lines of requests: the newest ones, as many as one answer may read. */
  private addLines(filter: LineFilter, sums: RangeSums, ofUsers: FigureTally): Promise<number> {
    return this.log.each(filter, MAX_SUMMED_LINES, (line) => {
      const item = figuresOfLine(line);
      if (item && sums.add(line.started_at, item)) ofUsers.add(line.user, item);
    });
  }

  /** From the figures of periods, which have all requests by model and upstream. */
  private async addPeriods(question: FiguresQuestion, sums: RangeSums, ofUsers: FigureTally): Promise<number> {
    const { span, ofModel, ofUpstream, hasUsers } = question;
    const isWanted = (item: Item) => ofModel(String(item.model)) && ofUpstream(String(item.upstream));
    if (span.bucketMs < HOUR_MS) await this.addSlots(sums, ofUsers, isWanted);
    else {
      await this.addHours(sums, isWanted);
      // Figures of users are not kept by model.
      if (hasUsers && !question.isFiltered) await this.addUsers(sums, ofUsers);
    }
    return span.sinceMs;
  }

  /** The last hour: slots of five minutes, by user, upstream and model. */
  private async addSlots(sums: RangeSums, ofUsers: FigureTally, isWanted: (item: Item) => boolean): Promise<void> {
    const hours = periodsOf(sums.sinceMs, sums.untilMs, HOUR_MS, hourOf);
    await this.eachItem(hours.map(slotPartition), (item, partition) => {
      if (!isWanted(item)) return;
      const isWithin = sums.add(timeOf(`${partition.slice('slot#'.length)}:`, item, ':00Z'), item);
      if (isWithin) ofUsers.add(String(item.user), item);
    });
  }

  private async addHours(sums: RangeSums, isWanted: (item: Item) => boolean): Promise<void> {
    const days = periodsOf(sums.sinceMs, sums.untilMs, DAY_MS, dayOf);
    await this.eachItem(days.map(hourPartition), (item, partition) => {
      if (isWanted(item)) sums.add(timeOf(`${partition.slice('hour#'.length)}T`, item, ':00:00Z'), item);
    });
  }

  /** Figures of users: per UTC day where the time has all of it, else per hour. */
  private async addUsers({ sinceMs, untilMs }: RangeSums, ofUsers: FigureTally): Promise<void> {
    const periods: string[] = [];
    for (const day of periodsOf(sinceMs, untilMs, DAY_MS, dayOf)) {
      const startMs = Date.parse(`${day}T00:00:00Z`);
      const endMs = Math.min(startMs + DAY_MS, Date.now() - MOMENT_MS);
      if (startMs >= sinceMs && endMs <= untilMs) periods.push(day);
      else periods.push(...periodsOf(Math.max(startMs, sinceMs), Math.min(endMs, untilMs), HOUR_MS, hourOf));
    }
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

/** @param untilMs exclusive */
function periodsOf(sinceMs: number, untilMs: number, stepMs: number, nameOf: (timeMs: number) => string): string[] {
  const names = new Set<string>();
  for (let timeMs = sinceMs; timeMs < untilMs; timeMs += stepMs) names.add(nameOf(timeMs));
  return [...names.add(nameOf(untilMs - 1))];
}
