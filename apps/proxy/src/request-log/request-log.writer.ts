import type { IndependentWrite, Key, TableDefinition } from '@claude-proxy/storage';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import type { ExchangeWriter, WriterBatch } from '../recording/exchange-writer.js';
import { labelOf } from '../recording/labels.js';
import { dayOf, hourOf } from '../recording/periods.js';
import { Recorder } from '../recording/recorder.js';
import { FigureAddition } from './figures.js';
import { type RequestLogConfig, requestLogSection } from './request-log.config.js';
import {
  hourKeyOf,
  lineKeyOf,
  markKeyOf,
  type Part,
  partKeyOf,
  requestsTable,
  SLOT_MS,
  slotKeyOf,
  userKeyOf,
} from './requests.table.js';

const DAY_SECONDS = 24 * 60 * 60;
/** Slots are needed for the last hour, other figures for longer: hours of users for days of other zones. */
const SLOT_TTL_SECONDS = 2 * DAY_SECONDS;
const FIGURES_TTL_SECONDS = 90 * DAY_SECONDS;

/** Stores a line per exchange, and adds the exchange to the figures of its period. */
@Injectable()
export class RequestLogWriter implements ExchangeWriter, OnModuleInit {
  private readonly table: TableDefinition;
  /** Hours that have a mark already, at most 24 per day. */
  private readonly markedHours = new Set<string>();

  constructor(
    private readonly recorder: Recorder,
    @Inject(requestLogSection.token) private readonly config: RequestLogConfig,
  ) {
    this.table = requestsTable(config.table);
  }

  onModuleInit(): void {
    this.recorder.addWriter(this);
  }

  startBatch(): WriterBatch {
    return new RequestLogBatch(this.table, this.config.keepDays * DAY_SECONDS, this.markedHours);
  }
}

/** Exchanges of one user, upstream and model within five minutes. */
interface Slot {
  readonly timeMs: number;
  readonly user: string;
  readonly upstream: string;
  readonly model: string;
  readonly figures: FigureAddition;
}

interface PartOfDay {
  readonly key: Key;
  readonly name: string;
  readonly figures: FigureAddition;
}

class RequestLogBatch implements WriterBatch {
  private readonly exchanges: FinishedExchange[] = [];
  private readonly slots = new Map<string, Slot>();
  private readonly parts = new Map<string, PartOfDay>();
  private readonly newHours: string[] = [];

  constructor(
    private readonly table: TableDefinition,
    private readonly lineTtlSeconds: number,
    private readonly markedHours: Set<string>,
  ) {}

  add(exchange: FinishedExchange): void {
    this.exchanges.push(exchange);
    this.mark(hourOf(exchange.startedAt));
    // Figures exclude requests without a model call, such as the list of models.
    if (exchange.operation !== 'messages') return;
    this.slotOf(exchange).figures.addExchange(exchange);
    const { team, account, clientKeyId } = exchange;
    if (team !== undefined) this.addPart('team', team, exchange);
    if (account !== undefined) this.addPart('account', account, exchange);
    if (clientKeyId !== undefined) this.addPart('key', clientKeyId, exchange);
  }

  writes(): IndependentWrite[] {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const lines = this.exchanges.map((exchange) => this.lineOf(exchange, nowSeconds));
    const sums = new FigureSums(this.table, nowSeconds);
    for (const { timeMs, user, upstream, model, figures } of this.slots.values()) {
      sums.add(slotKeyOf(timeMs, user, upstream, model), figures, SLOT_TTL_SECONDS, { user, upstream, model });
      sums.add(hourKeyOf(timeMs, upstream, model), figures, FIGURES_TTL_SECONDS, { upstream, model });
      sums.add(userKeyOf(hourOf(timeMs), user), figures, FIGURES_TTL_SECONDS, { user });
      sums.add(userKeyOf(dayOf(timeMs), user), figures, FIGURES_TTL_SECONDS, { user });
    }
    for (const { key, figures, name } of this.parts.values()) sums.add(key, figures, FIGURES_TTL_SECONDS, { name });
    return [...lines, ...this.newHours.map((hour) => this.markOf(hour, nowSeconds)), ...sums.writes()];
  }

  private mark(hour: string): void {
    if (this.markedHours.has(hour)) return;
    this.markedHours.add(hour);
    this.newHours.push(hour);
  }

  /** Expires a day after the first lines, because later lines of the hour expire later. */
  private markOf(hour: string, nowSeconds: number): IndependentWrite {
    const item = { ...markKeyOf(hour), ttl: nowSeconds + this.lineTtlSeconds + DAY_SECONDS };
    return { kind: 'put', table: this.table, item };
  }

  private addPart(part: Part, name: string, exchange: FinishedExchange): void {
    const key = partKeyOf(part, dayOf(exchange.startedAt), name);
    const text = `${key.partition} ${name}`;
    let known = this.parts.get(text);
    if (!known) {
      known = { key, name, figures: new FigureAddition() };
      this.parts.set(text, known);
    }
    known.figures.addExchange(exchange);
  }

  private slotOf(exchange: FinishedExchange): Slot {
    const { startedAt, user, upstream = 'none' } = exchange;
    const model = labelOf(exchange.answeredModel ?? exchange.model);
    const timeMs = startedAt - (startedAt % SLOT_MS);
    const key = `${timeMs} ${user} ${upstream} ${model}`;
    let slot = this.slots.get(key);
    if (!slot) {
      slot = { timeMs, user, upstream, model, figures: new FigureAddition() };
      this.slots.set(key, slot);
    }
    return slot;
  }

  private lineOf(exchange: FinishedExchange, nowSeconds: number): IndependentWrite {
    const ttl = nowSeconds + this.lineTtlSeconds;
    const item = { ...exchange.record, ...lineKeyOf(exchange.id, exchange.startedAt), ttl };
    return { kind: 'put', table: this.table, item };
  }
}

/** Figures by item. Items that several slots share are written once. */
class FigureSums {
  private readonly byKey = new Map<string, { key: Key; figures: FigureAddition; set: Record<string, unknown> }>();

  constructor(
    private readonly table: TableDefinition,
    private readonly nowSeconds: number,
  ) {}

  add(key: Key, figures: FigureAddition, ttlSeconds: number, labels: Readonly<Record<string, string>>): void {
    const text = `${key.partition} ${key.sort}`;
    let sum = this.byKey.get(text);
    if (!sum) {
      sum = { key, figures: new FigureAddition(), set: { ...labels, ttl: this.nowSeconds + ttlSeconds } };
      this.byKey.set(text, sum);
    }
    sum.figures.addAll(figures);
  }

  writes(): IndependentWrite[] {
    return [...this.byKey.values()].map(({ key, figures, set }) => {
      // Percentiles are shown per upstream and model, not per user.
      const add = figures.attributes('upstream' in set);
      return { kind: 'increment', table: this.table, key, add, set };
    });
  }
}
