import type { IndependentWrite, Key, TableDefinition } from '@claude-proxy/storage';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import type { ExchangeWriter, WriterBatch } from '../recording/exchange-writer.js';
import { dayOf } from '../recording/periods.js';
import { Recorder } from '../recording/recorder.js';
import { type RequestLogConfig, requestLogSection } from './request-log.config.js';
import { requestsTable } from './requests.table.js';
import { sessionCountersOf, sessionRequestItem, sessionSumKeyOf } from './session-items.js';

const DAY_SECONDS = 24 * 60 * 60;

/** Stores the requests of each session together, so that its page reads them and nothing else, and its sums per day. */
@Injectable()
export class SessionWriter implements ExchangeWriter, OnModuleInit {
  private readonly table: TableDefinition;
  private readonly ttlSeconds: number;

  constructor(
    private readonly recorder: Recorder,
    @Inject(requestLogSection.token) { table, keepDays }: RequestLogConfig,
  ) {
    this.table = requestsTable(table);
    this.ttlSeconds = keepDays * DAY_SECONDS;
  }

  onModuleInit(): void {
    this.recorder.addWriter(this);
  }

  startBatch(): WriterBatch {
    return new SessionBatch(this.table, this.ttlSeconds);
  }
}

interface Sum {
  readonly key: Key;
  readonly add: Record<string, number>;
  set: Record<string, unknown>;
}

class SessionBatch implements WriterBatch {
  private readonly exchanges: FinishedExchange[] = [];

  constructor(
    private readonly table: TableDefinition,
    private readonly ttlSeconds: number,
  ) {}

  add(exchange: FinishedExchange): void {
    if (exchange.session !== undefined && exchange.operation === 'messages') this.exchanges.push(exchange);
  }

  writes(): IndependentWrite[] {
    const ttl = Math.floor(Date.now() / 1_000) + this.ttlSeconds;
    const sums = new Map<string, Sum>();
    const writes: IndependentWrite[] = this.exchanges.map((exchange) => {
      this.addTo(sums, exchange, ttl);
      return { kind: 'put', table: this.table, item: { ...sessionRequestItem(exchange, exchange.session!), ttl } };
    });
    for (const { key, add, set } of sums.values()) writes.push({ kind: 'increment', table: this.table, key, add, set });
    return writes;
  }

  private addTo(sums: Map<string, Sum>, exchange: FinishedExchange, ttl: number): void {
    const { session, user, team, model, startedAt } = exchange;
    const key = sessionSumKeyOf(dayOf(startedAt), user, session!);
    const name = `${key.partition} ${key.sort}`;
    const sum = sums.get(name) ?? { key, add: {}, set: {} };
    sums.set(name, sum);
    for (const [counter, count] of Object.entries(sessionCountersOf(exchange))) {
      if (count !== 0) sum.add[counter] = (sum.add[counter] ?? 0) + count;
    }
    const facts = { session, user, ...(team !== undefined && { team }), ...(model !== undefined && { model }) };
    sum.set = { ...facts, last_at: startedAt, ttl };
  }
}
