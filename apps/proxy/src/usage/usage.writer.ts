import { countOf, type Usage } from '@claude-proxy/messages-api';
import type { IndependentWrite, TableDefinition } from '@claude-proxy/storage';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import { isAnswer } from '../recording/definitions.js';
import type { ExchangeWriter, WriterBatch } from '../recording/exchange-writer.js';
import { labelOf } from '../recording/labels.js';
import { hourOf } from '../recording/periods.js';
import { Recorder } from '../recording/recorder.js';
import { StoreHealth } from '../state/store-health.js';
import { type UsageConfig, usageSection } from './usage.config.js';
import { entryOf, usageKeyOf, usageTable } from './usage.table.js';
import { COUNTERS, type Counts, emptyCounts, hourCounters, modelName } from './usage-counters.js';

const DAY_SECONDS = 24 * 60 * 60;
const TTL_SECONDS = 90 * DAY_SECONDS;
/** An index entry is written before the last increment of its item, and must not expire before it. */
const ENTRY_TTL_SECONDS = TTL_SECONDS + 2 * DAY_SECONDS;
/** About 3 MB. Entries that are forgotten are written again. */
const MAX_KNOWN_ENTRIES = 20_000;

/** Adds the tokens of each answer to the day of its user. */
@Injectable()
export class UsageWriter implements ExchangeWriter, OnModuleInit {
  private readonly table: TableDefinition;
  /** Keys of items whose index entries this process has written. */
  private readonly entered = new Set<string>();
  private failuresSeen = 0;

  constructor(
    private readonly recorder: Recorder,
    private readonly health: StoreHealth,
    @Inject(usageSection.token) private readonly config: UsageConfig,
  ) {
    this.table = usageTable(config.usageTable);
  }

  onModuleInit(): void {
    if (this.config.isTracking) this.recorder.addWriter(this);
  }

  startBatch(): WriterBatch {
    return new UsageBatch(this.table, () => this.entriesInStore());
  }

  /** After a failure of the store entries are written again: it may have come back without them. */
  private entriesInStore(): Set<string> {
    const { failures } = this.health;
    if (failures !== this.failuresSeen || this.entered.size >= MAX_KNOWN_ENTRIES) this.entered.clear();
    this.failuresSeen = failures;
    return this.entered;
  }
}

class UsageBatch implements WriterBatch {
  private readonly days = new Map<string, DayOfUser>();

  constructor(
    private readonly table: TableDefinition,
    private readonly entriesInStore: () => Set<string>,
  ) {}

  add(exchange: FinishedExchange): void {
    const { user, usage, upstream, operation } = exchange;
    if (operation !== 'messages' || !isAnswer(exchange) || !usage || !upstream) return;
    const hour = hourOf(exchange.startedAt);
    const period = hour.slice(0, 10);
    const key = usageKeyOf(user, period, upstream);
    let day = this.days.get(key);
    if (!day) {
      day = new DayOfUser(key, user, period, upstream);
      this.days.set(key, day);
    }
    day.add(exchange, usage, hour.slice(11));
  }

  writes(): IndependentWrite[] {
    const days = [...this.days.values()];
    return [...this.newEntriesOf(days), ...days.map((day) => day.writeTo(this.table))];
  }

  private newEntriesOf(days: readonly DayOfUser[]): IndependentWrite[] {
    const known = this.entriesInStore();
    const fresh = days.filter(({ key }) => !known.has(key));
    const ttl = Math.floor(Date.now() / 1_000) + ENTRY_TTL_SECONDS;
    return fresh.map(({ key, period, user }) => {
      known.add(key);
      return { kind: 'put', table: this.table, item: { ...entryOf(key, period, user), ttl } };
    });
  }
}

/** Usage of one user at one upstream on one day, per hour and model. */
class DayOfUser {
  private readonly sums = new Map<string, { readonly hour: string; readonly model: string; readonly counts: Counts }>();
  private lastModel = '';

  constructor(
    readonly key: string,
    readonly user: string,
    readonly period: string,
    private readonly upstream: string,
  ) {}

  add({ answeredModel, model, costNanoUsd }: FinishedExchange, usage: Usage, hour: string): void {
    const name = answeredModel ?? model;
    this.lastModel = name === undefined ? 'unknown' : labelOf(name);
    const counts = this.countsOf(hour, this.lastModel);
    const input = countOf(usage.input_tokens);
    const output = countOf(usage.output_tokens);
    counts.input_tokens += input;
    counts.output_tokens += output;
    counts.total_tokens += input + output;
    counts.request_count += 1;
    counts.cache_creation_input_tokens += countOf(usage.cache_creation_input_tokens);
    counts.cache_read_input_tokens += countOf(usage.cache_read_input_tokens);
    counts.cost_nano_usd += costNanoUsd ?? 0;
    if (costNanoUsd === null) counts.unpriced_count += 1;
  }

  writeTo(table: TableDefinition): IndependentWrite {
    const { key, user, period, upstream } = this;
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const set = {
      user_id: user,
      period,
      period_type: 'daily',
      request_type: upstream,
      model: this.lastModel,
      last_updated_at: nowSeconds,
      ttl: nowSeconds + TTL_SECONDS,
      ...this.modelNames(),
    };
    return { kind: 'increment', table, key: { user_period: key }, add: this.counters(), set };
  }

  private countsOf(hour: string, model: string): Counts {
    const key = `${hour} ${model}`;
    let sum = this.sums.get(key);
    if (!sum) {
      sum = { hour, model, counts: emptyCounts() };
      this.sums.set(key, sum);
    }
    return sum.counts;
  }

  private modelNames(): Record<string, string> {
    return Object.assign({}, ...[...this.sums.values()].map(({ model }) => modelName(model)));
  }

  /** The counters of the day, and those of each hour and model. */
  private counters(): Record<string, number> {
    const add: Record<string, number> = emptyCounts();
    for (const { hour, model, counts } of this.sums.values()) {
      for (const name of COUNTERS) add[name]! += counts[name];
      Object.assign(add, hourCounters(hour, model, counts));
    }
    return add;
  }
}
