import type { UsageOfAll, UsageOfUser } from '@claude-proxy/admin-api';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { type UsageConfig, usageSection } from './usage.config.js';
import { addModels, Tally } from './usage.report.js';
import { PERIOD_SHARDS, periodShardOf, USAGE_BY_PERIOD, usageKeyOf, usageTable } from './usage.table.js';

/** The days asked for, and how they were asked for. */
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

  constructor(store: TableStore, @Inject(usageSection.token) config: UsageConfig) {
    this.table = store.table(usageTable(config.usageTable));
  }

  /** @throws StorageError */
  async ofUser(user: string, question: UsageQuestion): Promise<UsageOfUser> {
    const items = await Promise.all(question.days.map((day) => this.itemsOfUser(user, day)));
    const { tallies, ofDays } = talliesOf(items.flat(), question.requestType);
    return {
      user_id: user,
      request_type: question.requestType,
      ...question.period,
      summary: ofDays.summary(),
      daily_stats: ofDays.toJSON(),
      ...tallies,
    };
  }

  /** @throws StorageError */
  async ofAll(question: UsageQuestion): Promise<UsageOfAll> {
    const items = await Promise.all(question.days.map((day) => this.itemsOfDay(day)));
    const { tallies, ofUsers } = talliesOf(items.flat(), question.requestType);
    return {
      request_type: question.requestType,
      ...question.period,
      summary: { total_users: ofUsers.size, ...ofUsers.summary() },
      users: ofUsers.toJSON(),
      ...tallies,
    };
  }

  private async itemsOfUser(user: string, day: string): Promise<Item[]> {
    const items = await this.page(periodShardOf(day, user), `${user}#${day}`);
    const original = await this.originalItem(user, day, items);
    return original ? [...items, original] : items;
  }

  /** What the original wrote is not in the index, but its key is known. */
  private async originalItem(user: string, day: string, found: readonly Item[]): Promise<Item | undefined> {
    const key = usageKeyOf(user, day, 'bedrock');
    return found.some((item) => item.user_period === key) ? undefined : this.table.get({ user_period: key });
  }

  private async itemsOfDay(day: string): Promise<Item[]> {
    const shards = Array.from({ length: PERIOD_SHARDS }, (_, shard) => `${day}#${shard}`);
    return (await Promise.all(shards.map((shard) => this.page(shard)))).flat();
  }

  private page(partition: string, prefix?: string): Promise<Item[]> {
    const query = { index: USAGE_BY_PERIOD, partition, ...(prefix === undefined ? {} : { prefix }) };
    return Array.fromAsync(this.table.each(query));
  }
}

function talliesOf(items: readonly Item[], requestType: string) {
  const [ofDays, ofUsers, ofTypes, ofModels] = [new Tally(), new Tally(), new Tally(), new Tally()];
  for (const item of items) {
    const type = String(item.request_type ?? 'bedrock');
    if (requestType !== 'all' && type !== requestType) continue;
    const [user, day] = String(item.user_period).split('#');
    ofDays.add(day!, item);
    ofUsers.add(user!, item);
    ofTypes.add(type, item);
    addModels(ofModels, item);
  }
  return { ofDays, ofUsers, tallies: { by_request_type: ofTypes.toJSON(), by_model: ofModels.toJSON() } };
}
