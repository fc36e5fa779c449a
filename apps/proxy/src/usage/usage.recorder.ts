import { randomUUID } from 'node:crypto';
import { StorageError, type TableDefinition, TableStore, type Write } from '@claude-proxy/storage';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Exchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { type UsageConfig, usageSection } from './usage.config.js';
import { periodShardOf, usageKeyOf, usageTable } from './usage.table.js';

/** What is lost at most when the process is killed. */
const FLUSH_INTERVAL_MS = 1_000;
const MAX_BATCH_EXCHANGES = 25;
/** While the store is away so many counters are kept; further users are dropped and counted. */
const MAX_PENDING_COUNTERS = 10_000;
const MAX_WRITES = 50;
const RETRY_MS = 2_000;
const LOG_EVERY_MS = 60_000;
const TTL_SECONDS = 90 * 24 * 60 * 60;

interface Counter {
  readonly user: string;
  readonly period: string;
  readonly requestType: string;
  readonly add: Record<string, number>;
  model: string;
}

/** A transaction that is being written; repeated with the same token until it is known to be in. */
interface Batch {
  readonly token: string;
  readonly writes: readonly Write[];
}

/** Adds up the tokens of every answer and writes them in transactions that can be repeated without counting twice. */
@Injectable()
export class UsageRecorder implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(UsageRecorder.name);
  private readonly table: TableDefinition;
  private readonly pending = new Map<string, Counter>();
  private pendingExchanges = 0;
  private unconfirmed: Batch | undefined;
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private nextTryMs = 0;
  private loggedAtMs = 0;
  private dropped = 0;

  constructor(
    private readonly store: TableStore,
    private readonly feed: ExchangeFeed,
    @Inject(usageSection.token) private readonly config: UsageConfig,
  ) {
    this.table = usageTable(config.usageTable);
  }

  onModuleInit(): void {
    if (!this.config.isTracking) return;
    this.feed.onFinished((exchange) => this.count(exchange));
    this.timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.nextTryMs = 0;
    await this.flush();
    if (this.pendingExchanges > 0) await this.flush();
    if (this.pendingExchanges > 0 || this.unconfirmed)
      this.logger.error('❌ usage of the last moments could not be written');
  }

  /** Writes what is pending. Resolves when the store has it or has failed; never rejects. */
  flush(): Promise<void> {
    this.running ??= this.writePending().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private count(exchange: Exchange): void {
    const { usage, upstream } = exchange;
    if (exchange.operation !== 'messages' || !usage || !upstream) return;
    const period = new Date(exchange.startedAt).toISOString().slice(0, 10);
    const key = usageKeyOf(exchange.user, period, upstream);
    const counter = this.counterOf(key, exchange.user, period, upstream);
    if (!counter) return;
    counter.model = exchange.model ?? counter.model;
    for (const [name, value] of Object.entries(countersOf(usage))) counter.add[name] = (counter.add[name] ?? 0) + value;
    this.pendingExchanges += 1;
    if (this.pendingExchanges >= MAX_BATCH_EXCHANGES) void this.flush();
  }

  private counterOf(key: string, user: string, period: string, requestType: string): Counter | undefined {
    const known = this.pending.get(key);
    if (known) return known;
    if (this.pending.size >= MAX_PENDING_COUNTERS) {
      this.dropped += 1;
      return undefined;
    }
    const counter: Counter = { user, period, requestType, add: {}, model: '' };
    this.pending.set(key, counter);
    return counter;
  }

  private async writePending(): Promise<void> {
    while ((this.unconfirmed || this.pending.size > 0) && Date.now() >= this.nextTryMs) {
      this.unconfirmed ??= this.nextBatch();
      try {
        await this.store.transact(this.unconfirmed.writes, this.unconfirmed.token);
        this.logger.debug(`📊 usage written: ${this.unconfirmed.writes.length} counters`);
        this.unconfirmed = undefined;
      } catch (error) {
        // What the store will never take must not keep back what comes after it.
        if (error instanceof StorageError && error.kind === 'invalid') this.unconfirmed = undefined;
        else this.nextTryMs = Date.now() + RETRY_MS;
        this.complain(error);
      }
    }
  }

  private nextBatch(): Batch {
    const keys = [...this.pending.keys()].slice(0, MAX_WRITES);
    const writes = keys.map((key) => this.writeOf(key, this.pending.get(key)!));
    for (const key of keys) this.pending.delete(key);
    if (this.pending.size === 0) this.pendingExchanges = 0;
    return { token: randomUUID(), writes };
  }

  private writeOf(key: string, { user, period, requestType, add, model }: Counter): Write {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    return {
      kind: 'increment',
      table: this.table,
      key: { user_period: key },
      add,
      set: {
        user_id: user,
        period,
        period_type: 'daily',
        period_shard: periodShardOf(period, user),
        request_type: requestType,
        model,
        last_updated_at: nowSeconds,
        ttl: nowSeconds + TTL_SECONDS,
      },
    };
  }

  private complain(error: unknown): void {
    if (Date.now() - this.loggedAtMs < LOG_EVERY_MS) return;
    this.loggedAtMs = Date.now();
    const dropped = this.dropped > 0 ? `, ${this.dropped} answers went uncounted` : '';
    this.logger.error(`❌ usage cannot be written, ${this.pending.size} counters wait${dropped}: ${String(error)}`);
  }
}

/** `total_tokens` is input and output as the original counts them; tokens of the cache stand beside them. */
function countersOf(usage: NonNullable<Exchange['usage']>): Record<string, number> {
  const input = countOf(usage.input_tokens);
  const output = countOf(usage.output_tokens);
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    request_count: 1,
    cache_creation_input_tokens: countOf(usage.cache_creation_input_tokens),
    cache_read_input_tokens: countOf(usage.cache_read_input_tokens),
  };
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}
