import type { Money, MoneyDay, MoneyDimension, MoneyMonth, MoneySum } from '@claude-proxy/admin-api';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { dayOf } from '../recording/periods.js';
import { Recorder } from '../recording/recorder.js';
import { FigureSum } from './figures.js';
import { DAY_MS } from './figures-span.js';
import { forecastOf } from './forecast.js';
import { type RequestLogConfig, requestLogSection } from './request-log.config.js';
import { hourPartition, type Part, partPartition, requestsTable, userPartition } from './requests.table.js';

/** A day that is over changes only if the store was away at its end. */
const PAST_DAY_CACHE_MS = 10 * 60_000;
const TODAY_CACHE_MS = 10_000;
/** Names of all cached days together: about 20 MB. */
const MAX_CACHED_NAMES = 50_000;
/** More series than this cannot be told apart. */
const MAX_SERIES = 8;
/** The month of today and the one before. */
const MONTH_DAYS = 62;

interface DaySums {
  readonly total: FigureSum;
  readonly byName: ReadonlyMap<string, FigureSum>;
}

/** Adds up what was spent, by day. */
@Injectable()
export class MoneyQuery {
  private readonly table: Table;
  private readonly cache = new Map<
    string,
    { readonly untilMs: number; readonly sums: Promise<DaySums>; names: number }
  >();

  constructor(
    store: TableStore,
    private readonly recorder: Recorder,
    @Inject(requestLogSection.token) config: RequestLogConfig,
  ) {
    this.table = store.table(requestsTable(config.table));
  }

  /** @throws StorageError */
  async of(dayCount: number, by: MoneyDimension): Promise<Money> {
    await this.recorder.flush();
    const nowMs = Date.now();
    const days = daysUpTo(nowMs, dayCount);
    const isOfHours = by === 'model' || by === 'upstream';
    const totals = await this.sumsOf(days, isOfHours ? by : 'model');
    const split = isOfHours ? totals : await this.sumsOf(days, by);
    const total = new FigureSum();
    for (const each of totals) total.addSum(each.total);
    const names = namesOf(split);
    const series = names.slice(0, MAX_SERIES).map(({ name }) => name);
    return {
      by,
      days: days.map((day, index) => dayFigures(day, totals[index]!, split[index]!, series)),
      totals: moneyOf(total),
      names,
      month: await this.monthOf(nowMs),
    };
  }

  private async monthOf(nowMs: number): Promise<MoneyMonth> {
    const days = daysUpTo(nowMs, MONTH_DAYS);
    const sums = await this.sumsOf(days, 'model');
    const all = days.map((day, index) => ({
      day,
      cost: sums[index]!.total.costUsd,
      requests: sums[index]!.total.requests,
    }));
    const first = all.findIndex(({ requests }) => requests > 0);
    const costs = first < 0 ? [] : all.slice(first);
    const [today] = days.slice(-1) as [string];
    const month = today.slice(0, 7);
    const previous = new Date(Date.parse(`${month}-01T00:00:00Z`) - DAY_MS).toISOString().slice(0, 7);
    const costIn = (name: string) => costs.reduce((sum, { day, cost }) => sum + (day.startsWith(name) ? cost : 0), 0);
    return {
      month,
      cost_usd: costIn(month),
      forecast_usd: forecastOf(costs, today) ?? null,
      previous_cost_usd: costs[0] && costs[0].day <= `${previous}-01` ? costIn(previous) : null,
    };
  }

  private sumsOf(days: readonly string[], by: MoneyDimension): Promise<DaySums[]> {
    return Promise.all(days.map((day) => this.cached(day, by)));
  }

  private cached(day: string, by: MoneyDimension): Promise<DaySums> {
    const key = `${by} ${day}`;
    const known = this.cache.get(key);
    if (known && performance.now() < known.untilMs) return known.sums;
    const isOver = day < dayOf(Date.now() - DAY_MS / 24);
    const sums = this.read(day, by);
    const entry = { untilMs: performance.now() + (isOver ? PAST_DAY_CACHE_MS : TODAY_CACHE_MS), sums, names: 0 };
    this.cache.delete(key);
    this.cache.set(key, entry);
    sums.then(
      ({ byName }) => this.makeRoom(entry, byName.size),
      () => this.cache.delete(key),
    );
    return sums;
  }

  private makeRoom(entry: { names: number }, names: number): void {
    entry.names = names;
    let all = [...this.cache.values()].reduce((sum, each) => sum + each.names, 0);
    for (const [key, oldest] of this.cache) {
      if (all <= MAX_CACHED_NAMES) return;
      this.cache.delete(key);
      all -= oldest.names;
    }
  }

  private async read(day: string, by: MoneyDimension): Promise<DaySums> {
    const total = new FigureSum();
    const byName = new Map<string, FigureSum>();
    for await (const page of this.table.pages({ partition: partitionOf(day, by) })) {
      for (const item of page) {
        total.add(item);
        const name = nameOf(item, by);
        const sum = byName.get(name) ?? new FigureSum();
        sum.add(item);
        byName.set(name, sum);
      }
    }
    return { total, byName };
  }
}

function partitionOf(day: string, by: MoneyDimension): string {
  if (by === 'model' || by === 'upstream') return hourPartition(day);
  return by === 'user' ? userPartition(day) : partPartition(by satisfies Part, day);
}

function nameOf(item: Item, by: MoneyDimension): string {
  return String(by === 'model' || by === 'upstream' || by === 'user' ? item[by] : item.name);
}

function dayFigures(day: string, totals: DaySums, split: DaySums, series: readonly string[]): MoneyDay {
  const by = series.flatMap((name) => {
    const cost = split.byName.get(name)?.costUsd ?? 0;
    return cost === 0 ? [] : [[name, cost] as const];
  });
  return { day, ...moneyOf(totals.total), by: Object.fromEntries(by) };
}

/** Highest cost first. */
function namesOf(days: readonly DaySums[]): Money['names'] {
  const sums = new Map<string, FigureSum>();
  for (const { byName } of days) {
    for (const [name, ofDay] of byName) {
      const sum = sums.get(name) ?? new FigureSum();
      sum.addSum(ofDay);
      sums.set(name, sum);
    }
  }
  return [...sums]
    .map(([name, sum]) => ({ name, ...moneyOf(sum) }))
    .sort((a, b) => b.cost_usd - a.cost_usd || b.requests - a.requests);
}

function moneyOf(sum: FigureSum): MoneySum {
  const { requests, cost_usd, unpriced_requests, fallback_cost_usd, cache_saved_usd, cache_hit_share } = sum.figures();
  // Sums of money are added up by day; `unpriced_requests` says what they lack.
  return { requests, cost_usd: cost_usd ?? 0, unpriced_requests, fallback_cost_usd, cache_saved_usd, cache_hit_share };
}

/** In UTC. Today is the last one. */
function daysUpTo(nowMs: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => dayOf(nowMs - (count - 1 - index) * DAY_MS));
}
