import { ConditionFailedError, StorageError, TableStore } from '@claude-proxy/storage';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Exchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { StoreHealth } from '../state/store-health.js';
import { Batch } from './batch.js';
import type { Ledger } from './ledger.js';

/** What is lost at most when the process is killed. */
const FLUSH_INTERVAL_MS = 1_000;
/** While the store is away so many exchanges wait; the oldest are kept, later ones are dropped and counted. */
const MAX_WAITING_EXCHANGES = 10_000;
const RETRY_MS = 2_000;
const LOG_EVERY_MS = 60_000;
/** A process that ends does not wait for a store that is away. */
const MAX_TRIES_AT_END = 2;

/**
 * Writes what is known about finished exchanges: the writes of all ledgers about one exchange land in one transaction,
 * and a transaction that is repeated counts once.
 */
@Injectable()
export class Recorder implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(Recorder.name);
  private readonly ledgers: Ledger[] = [];
  private readonly waiting: Batch[] = [];
  private open: Batch | undefined;
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private nextTryMs = 0;
  private loggedAtMs = Number.NEGATIVE_INFINITY;
  private droppedExchanges = 0;

  constructor(
    private readonly store: TableStore,
    private readonly feed: ExchangeFeed,
    private readonly health: StoreHealth,
  ) {}

  /** Exchanges that are not in the store yet. */
  get waitingExchanges(): number {
    return this.waiting.reduce((sum, batch) => sum + batch.exchanges, this.open?.exchanges ?? 0);
  }

  /** Exchanges that nobody will find in the store, since the start of the process. */
  get lostExchanges(): number {
    return this.droppedExchanges;
  }

  addLedger(ledger: Ledger): void {
    this.ledgers.push(ledger);
  }

  onModuleInit(): void {
    this.feed.onFinished((exchange) => this.record(exchange));
    this.timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    for (let tries = 0; tries < MAX_TRIES_AT_END && this.waitingExchanges > 0; tries += 1) {
      this.nextTryMs = 0;
      await this.flush();
    }
    if (this.waitingExchanges > 0) this.logger.error(`❌ ${this.waitingExchanges} exchanges could not be written`);
  }

  /** Resolves when what was waiting is in the store, or the store has failed. Never rejects. */
  async flush(): Promise<void> {
    while (this.running) await this.running;
    this.running = this.writeWaiting();
    await this.running;
    this.running = undefined;
  }

  private record(exchange: Exchange): void {
    if (this.waitingExchanges >= MAX_WAITING_EXCHANGES) {
      this.droppedExchanges += 1;
      return;
    }
    this.open ??= new Batch(this.ledgers);
    this.open.add(exchange);
    if (this.open.hasRoom) return;
    this.closeOpen();
    if (!this.running) void this.flush();
  }

  private closeOpen(): void {
    if (this.open) this.waiting.push(this.open);
    this.open = undefined;
  }

  private async writeWaiting(): Promise<void> {
    if (performance.now() < this.nextTryMs) return;
    this.closeOpen();
    for (let batch = this.waiting[0]; batch; batch = this.waiting[0]) {
      try {
        await this.write(batch);
        this.health.noteWritten();
        this.logger.debug(`📊 ${batch.exchanges} exchanges written`);
      } catch (error) {
        this.complain(error);
        if (!isHopeless(error)) {
          this.health.noteUnwritten(error);
          this.nextTryMs = performance.now() + RETRY_MS;
          return;
        }
        this.droppedExchanges += batch.exchanges;
      }
      this.waiting.shift();
    }
  }

  private async write(batch: Batch): Promise<void> {
    const writes = batch.close();
    if (writes.length > 0) await this.store.transact(writes, batch.token).catch(ignoreWrittenBefore);
  }

  private complain(error: unknown): void {
    this.health.noteFailure();
    if (performance.now() - this.loggedAtMs < LOG_EVERY_MS) return;
    this.loggedAtMs = performance.now();
    const { waitingExchanges, droppedExchanges } = this;
    this.logger.error(
      `❌ usage cannot be written: ${waitingExchanges} exchanges wait, ${droppedExchanges} are lost: ${String(error)}`,
    );
  }
}

/** An earlier try got through, and its confirmation was lost. */
function ignoreWrittenBefore(error: unknown): void {
  if (!(error instanceof ConditionFailedError)) throw error;
}

/** What the store will never take, or we cannot word, must not keep back what comes after it. */
function isHopeless(error: unknown): boolean {
  return !(error instanceof StorageError) || error.kind === 'invalid';
}
