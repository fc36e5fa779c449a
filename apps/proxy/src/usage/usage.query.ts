import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UsageOfAll, UsageOfUser } from '@claude-proxy/admin-api';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { UpstreamNames } from '../exchange/upstream-names.js';
import { dayOf } from '../recording/periods.js';
import type { Zone } from '../recording/zone.js';
import { type UsageConfig, usageSection } from './usage.config.js';
import { UsageSums } from './usage.sums.js';
import {
  isIndexed,
  keyOfEntry,
  PERIOD_SHARDS,
  periodShardOf,
  USAGE_BY_PERIOD,
  usageKeyOf,
  usageTable,
} from './usage.table.js';
import { zonedItems } from './zoned-items.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** At its end, a long answer is counted for the day of its start. */
const SETTLING_MS = 60 * 60 * 1_000;
const KEPT_MS = 10 * 60 * 1_000;
/** Limit for the names of users, types and models in all cached days: about 20 MB. */
const MAX_KEPT_NAMES = 100_000;

/** The requested days, and the parameters of the request. */
export interface UsageQuestion {
  /** `YYYY-MM-DD`, of the zone. */
  readonly days: readonly string[];
  readonly zone: Zone;
  readonly period: { readonly period_days: number } | { readonly date: string };
  /** `all`, or the upstream. */
  readonly requestType: string;
}

/** Reads the daily counters: a query per day, never a scan. */
@Injectable()
export class UsageQuery {
  private readonly table: Table;
  private readonly kept = new Map<string, { readonly sums: SumsByDay; readonly untilMs: number }>();

  constructor(
    store: TableStore,
    private readonly upstreams: UpstreamNames,
    @Inject(usageSection.token) config: UsageConfig,
  ) {
    this.table = store.table(usageTable(config.usageTable));
  }

  /** @throws StorageError */
  async ofUser(user: string, question: UsageQuestion): Promise<UsageOfUser> {
    const { requestType, zone } = question;
    const wanted = new Set(question.days);
    const items = await Promise.all(utcDaysOf(question).map((day) => this.itemsOfUser(user, day)));
    const sums = new UsageSums();
    for (const item of items.flat().flatMap((each) => zonedItems(each, zone))) {
      if (wanted.has(dayOfItem(item))) sums.add(item, requestType);
    }
    return {
      user_id: user,
      request_type: requestType,
      ...question.period,
      summary: sums.ofDays.summary(),
      daily_stats: sums.ofDays.toJSON(),
      ...sums.breakdowns(),
    };
  }

  /** @throws StorageError */
  async ofAll(question: UsageQuestion): Promise<UsageOfAll> {
    const sums = await this.sumsOf(question);
    return {
      request_type: question.requestType,
      ...question.period,
      summary: { total_users: sums.ofUsers.size, ...sums.ofUsers.summary() },
      users: sums.ofUsers.toJSON(),
      ...sums.breakdowns(),
    };
  }

  /** @throws StorageError */
  async sumsOf(question: UsageQuestion): Promise<UsageSums> {
    const { days, requestType, zone } = question;
    const sums = new UsageSums();
    const read = utcDaysOf(question).map((day) => this.sumsOfDay(day, requestType, zone));
    for (const byDay of await Promise.all(read)) {
      for (const day of days) if (byDay.has(day)) sums.addAll(byDay.get(day)!);
      await nextTurn();
    }
    return sums;
  }

  private async itemsOfUser(user: string, day: string): Promise<Item[]> {
    const partition = periodShardOf(day, user);
    const found = await Array.fromAsync(
      this.table.each({ index: USAGE_BY_PERIOD, partition, prefix: `${user}#${day}` }),
    );
    // Without their entries, too: items of the original project have none, and those of a table made anew have lost them.
    const names = ['bedrock', ...this.upstreams.all];
    return this.countedIn(
      found,
      names.map((name) => usageKeyOf(user, day, name)),
    );
  }

  /** The items with counters: those among the items of the index, those that its entries name, and further ones. */
  private async countedIn(found: readonly Item[], further: readonly string[] = []): Promise<Item[]> {
    const own = found.filter((item) => keyOfEntry(item) === undefined);
    const keys = [...found.flatMap((item) => keyOfEntry(item) ?? []), ...further];
    const named = await this.table.getMany(keys.map((user_period) => ({ user_period })));
    return [...own, ...named.filter((item) => !isIndexed(item))];
  }

  /** Caches sums of past days. They change only if the store was unreachable at the end of the day. */
  private async sumsOfDay(day: string, requestType: string, zone: Zone): Promise<SumsByDay> {
    const key = `${day} ${requestType} ${zone.name}`;
    const known = this.kept.get(key);
    if (known && performance.now() < known.untilMs) return known.sums;
    this.kept.delete(key);
    const sums = await this.readDay(day, requestType, zone);
    const isOver = Date.now() > Date.parse(`${day}T00:00:00Z`) + DAY_MS + SETTLING_MS;
    if (isOver) this.keep(key, sums);
    return sums;
  }

  private keep(key: string, sums: SumsByDay): void {
    this.kept.set(key, { sums, untilMs: performance.now() + KEPT_MS });
    let names = [...this.kept.values()].reduce((total, each) => total + sizeOf(each.sums), 0);
    for (const [oldest, { sums: ofOldest }] of this.kept) {
      if (names <= MAX_KEPT_NAMES) return;
      this.kept.delete(oldest);
      names -= sizeOf(ofOldest);
    }
  }

  /** A UTC day by days of the zone. Adds up at most one page per turn of the event loop. */
  private async readDay(day: string, requestType: string, zone: Zone): Promise<SumsByDay> {
    const byDay = new Map<string, UsageSums>();
    const add = (item: Item) => {
      const sums = byDay.get(dayOfItem(item)) ?? new UsageSums();
      byDay.set(dayOfItem(item), sums);
      sums.add(item, requestType);
    };
    const shards = Array.from({ length: PERIOD_SHARDS }, async (_, shard) => {
      for await (const page of this.table.pages({ index: USAGE_BY_PERIOD, partition: `${day}#${shard}` })) {
        for (const item of await this.countedIn(page)) for (const each of zonedItems(item, zone)) add(each);
      }
    });
    await Promise.all(shards);
    return byDay;
  }
}

type SumsByDay = ReadonlyMap<string, UsageSums>;

function sizeOf(sums: SumsByDay): number {
  return [...sums.values()].reduce((total, { size }) => total + size, 0);
}

function dayOfItem(item: Item): string {
  return String(item.user_period).split('#')[1]!;
}

/** The UTC days that the days of the zone touch. */
function utcDaysOf({ days, zone }: UsageQuestion): string[] {
  const found = new Set<string>();
  for (const day of days) {
    const startMs = zone.startOf(day);
    const endMs = zone.startOf(nextDay(day)) - 1;
    for (const timeMs of [startMs, endMs]) found.add(dayOf(timeMs));
  }
  return [...found];
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}
