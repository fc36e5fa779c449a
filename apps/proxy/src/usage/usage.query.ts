import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UsageOfAll, UsageOfUser } from '@claude-proxy/admin-api';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { type UsageConfig, usageSection } from './usage.config.js';
import { UsageSums } from './usage.sums.js';
import { PERIOD_SHARDS, periodShardOf, USAGE_BY_PERIOD, usageKeyOf, usageTable } from './usage.table.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** At its end, a long answer is counted for the day of its start. */
const SETTLING_MS = 60 * 60 * 1_000;
const KEPT_MS = 10 * 60 * 1_000;
/** Limit for the names of users, types and models in all cached days: about 20 MB. */
const MAX_KEPT_NAMES = 100_000;

/** The requested days, and the parameters of the request. */
export interface UsageQuestion {
  /** `YYYY-MM-DD`, UTC. */
  readonly days: readonly string[];
  readonly period: { readonly period_days: number } | { readonly date: string };
  /** `all`, or the upstream. */
  readonly requestType: string;
}

/** Reads the daily counters: a query per day, never a scan. */
@Injectable()
export class UsageQuery {
  private readonly table: Table;
  private readonly kept = new Map<string, { readonly sums: UsageSums; readonly untilMs: number }>();

  constructor(store: TableStore, @Inject(usageSection.token) config: UsageConfig) {
    this.table = store.table(usageTable(config.usageTable));
  }

  /** @throws StorageError */
  async ofUser(user: string, question: UsageQuestion): Promise<UsageOfUser> {
    const { requestType } = question;
    const items = await Promise.all(question.days.map((day) => this.itemsOfUser(user, day)));
    const sums = new UsageSums();
    for (const item of items.flat()) sums.add(item, requestType);
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
  async ofAll({ days, period, requestType }: UsageQuestion): Promise<UsageOfAll> {
    const sums = new UsageSums();
    const ofDays = days.map((day) => this.sumsOfDay(day, requestType));
    for (const ofDay of await Promise.all(ofDays)) {
      sums.addAll(ofDay);
      await nextTurn();
    }
    return {
      request_type: requestType,
      ...period,
      summary: { total_users: sums.ofUsers.size, ...sums.ofUsers.summary() },
      users: sums.ofUsers.toJSON(),
      ...sums.breakdowns(),
    };
  }

  private async itemsOfUser(user: string, day: string): Promise<Item[]> {
    const partition = periodShardOf(day, user);
    const items = await Array.fromAsync(
      this.table.each({ index: USAGE_BY_PERIOD, partition, prefix: `${user}#${day}` }),
    );
    const original = await this.originalItem(user, day, items);
    return original ? [...items, original] : items;
  }

  /** Items of the original project are not in the index, but their key is known. */
  private async originalItem(user: string, day: string, found: readonly Item[]): Promise<Item | undefined> {
    const key = usageKeyOf(user, day, 'bedrock');
    return found.some((item) => item.user_period === key) ? undefined : this.table.get({ user_period: key });
  }

  /** Caches sums of past days. They change only if the store was unreachable at the end of the day. */
  private async sumsOfDay(day: string, requestType: string): Promise<UsageSums> {
    const key = `${day} ${requestType}`;
    const known = this.kept.get(key);
    if (known && performance.now() < known.untilMs) return known.sums;
    this.kept.delete(key);
    const sums = await this.readDay(day, requestType);
    const isOver = Date.now() > Date.parse(`${day}T00:00:00Z`) + DAY_MS + SETTLING_MS;
    if (isOver) this.keep(key, sums);
    return sums;
  }

  private keep(key: string, sums: UsageSums): void {
    this.kept.set(key, { sums, untilMs: performance.now() + KEPT_MS });
    let names = [...this.kept.values()].reduce((sum, { sums: { size } }) => sum + size, 0);
    for (const [
      oldest,
      {
        sums: { size },
      },
    ] of this.kept) {
      if (names <= MAX_KEPT_NAMES) return;
      this.kept.delete(oldest);
      names -= size;
    }
  }

  /** Adds up at most one page per turn of the event loop. */
  private async readDay(day: string, requestType: string): Promise<UsageSums> {
    const sums = new UsageSums();
    const shards = Array.from({ length: PERIOD_SHARDS }, async (_, shard) => {
      for await (const page of this.table.pages({ index: USAGE_BY_PERIOD, partition: `${day}#${shard}` })) {
        for (const item of page) sums.add(item, requestType);
      }
    });
    await Promise.all(shards);
    return sums;
  }
}
