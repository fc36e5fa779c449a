import { randomBytes } from 'node:crypto';
import { type IndependentWrite, type Step, StorageError, TableStore } from '@claude-proxy/storage';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { failureOf, StoreHealth } from '../state/store-health.js';
import { Batch } from './batch.js';
import type { ExchangeWriter } from './exchange-writer.js';
import { PendingWrites } from './pending-writes.js';

/** Maximum age of records that a killed process loses. */
const FLUSH_INTERVAL_MS = 1_000;
/** Maximum number of pending exchanges while the store is unreachable. Later ones are dropped and counted. */
const MAX_WAITING_EXCHANGES = 10_000;
const RETRY_MS = 2_000;
/** Average pause after a conflict. The other writer takes a few milliseconds. */
const CONFLICT_PAUSE_MS = 200;
const LOG_EVERY_MS = 60_000;
/** A process that ends does not wait for an unreachable store. */
const MAX_TRIES_AT_END = 2;

/** Writes that are sent together, and retried unchanged until they are in the store. */
interface Round {
  readonly writes: readonly IndependentWrite[];
  readonly step: Step;
  /** Number of exchanges with lines in this round. */
  readonly exchanges: number;
}

/**
 * Stores the records of finished exchanges. A repeated round counts once. An item that the store can never accept is
 * dropped from it.
 */
@Injectable()
export class Recorder implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(Recorder.name);
  private readonly writers: ExchangeWriter[] = [];
  private readonly waiting: Batch[] = [];
  private readonly pending = new PendingWrites();
  /** Unique per process. Short, because every item with counters of this process contains it. */
  private readonly writer = randomBytes(4).toString('hex');
  private rounds = 0;
  private open: Batch | undefined;
  /** The parts of a round that are not in the store: one, or several if the round had to be split. */
  private parts: Round[] = [];
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private nextTryMs = 0;
  private loggedAtMs = Number.NEGATIVE_INFINITY;
  private readonly loggedRefusals = new Set<string>();
  private droppedExchanges = 0;

  constructor(
    private readonly store: TableStore,
    private readonly feed: ExchangeFeed,
    private readonly health: StoreHealth,
  ) {}

  /** Exchanges that are not in the store yet. */
  get waitingExchanges(): number {
    const waiting = [...this.waiting, ...this.parts].reduce((sum, { exchanges }) => sum + exchanges, 0);
    return waiting + (this.open?.exchanges ?? 0);
  }

  /** Number of lost exchanges since the start of the process. */
  get lostExchanges(): number {
    return this.droppedExchanges;
  }

  addWriter(writer: ExchangeWriter): void {
    this.writers.push(writer);
  }

  onModuleInit(): void {
    this.feed.onFinished((exchange) => this.record(exchange));
    this.timer = setInterval(() => this.startWriting(), FLUSH_INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    for (let tries = 0; tries < MAX_TRIES_AT_END && !this.isWritten; tries += 1) {
      this.nextTryMs = 0;
      await this.flush();
    }
    if (!this.isWritten) this.logger.error(`❌ ${this.waitingExchanges} exchanges could not be written`);
  }

  /** Resolves when the pending exchanges are in the store, or the store has failed. Never rejects. */
  async flush(): Promise<void> {
    this.feed.notifyOfEnded();
    await this.write(true);
  }

  private get isWritten(): boolean {
    return this.waitingExchanges === 0 && this.parts.length === 0 && this.pending.isEmpty;
  }

  private record(exchange: FinishedExchange): void {
    if (this.waitingExchanges >= MAX_WAITING_EXCHANGES) {
      this.droppedExchanges += 1;
      return;
    }
    this.open ??= new Batch(this.writers);
    this.open.add(exchange);
    if (this.open.hasRoom) return;
    this.closeOpen();
    this.startWriting();
  }

  /**
   * Writes one round per batch, with at most the number of counters that are cheap for the store. The others wait for
   * the next second, and later increments of their items are added to them.
   */
  private startWriting(): void {
    if (!this.running) void this.write(false);
  }

  private async write(isAll: boolean): Promise<void> {
    while (this.running) await this.running;
    this.running = this.writeRounds(isAll);
    await this.running;
    this.running = undefined;
  }

  private closeOpen(): void {
    if (this.open) this.waiting.push(this.open);
    this.open = undefined;
  }

  private async writeRounds(isAll: boolean): Promise<void> {
    if (performance.now() < this.nextTryMs) return;
    this.closeOpen();
    for (let round = this.parts[0] ?? this.nextRound(); round; round = this.parts[0] ?? this.roundAfter(isAll)) {
      try {
        const refusals = await this.store.writeEach(round.writes, round.step);
        for (const { write, error } of refusals) this.noteRefusal(write, error);
        this.health.noteWritten();
        this.logger.debug(`📊 ${round.exchanges} exchanges written`);
      } catch (error) {
        if (!isHopeless(error)) {
          this.noteFailure(error);
          return;
        }
        this.split(round, error);
        continue;
      }
      this.parts.shift();
    }
  }

  private roundAfter(isAll: boolean): Round | undefined {
    return isAll || this.waiting.length > 0 ? this.nextRound() : undefined;
  }

  /** Undefined if nothing is pending. */
  private nextRound(): Round | undefined {
    const batch = this.waiting.shift();
    if (batch) this.addWritesOf(batch);
    const writes = this.pending.take(this.store.cheapIncrements);
    if (writes.length === 0) return undefined;
    this.rounds += 1;
    const round = { writes, step: { writer: this.writer, number: this.rounds }, exchanges: batch?.exchanges ?? 0 };
    this.parts.push(round);
    return round;
  }

  /** A fault in a writer must not stop later writes. */
  private addWritesOf(batch: Batch): void {
    try {
      this.pending.add(batch.close());
    } catch (error) {
      this.droppedExchanges += batch.exchanges;
      this.logger.error(`❌ ${batch.exchanges} exchanges could not be recorded: ${String(error)}`);
    }
  }

  /** If the store refuses a whole round, the round is halved until the invalid write is alone. */
  private split({ writes, step, exchanges }: Round, error: unknown): void {
    this.parts.shift();
    if (writes.length === 1) {
      this.noteRefusal(writes[0]!, error);
      return;
    }
    const middle = Math.ceil(writes.length / 2);
    this.parts.unshift(
      { writes: writes.slice(0, middle), step, exchanges },
      { writes: writes.slice(middle), step, exchanges: 0 },
    );
  }

  /** Logs once per kind, without content of the item. The other items are written. */
  private noteRefusal({ kind, table }: IndependentWrite, error: unknown): void {
    this.health.noteRefusedItem();
    const what = `${kind} of ${table.name}, ${failureOf(error)}`;
    if (this.loggedRefusals.has(what)) return;
    this.loggedRefusals.add(what);
    this.logger.error(`❌ an item cannot be stored and is dropped (${what}); see claude_proxy_store_refused_items`);
  }

  private noteFailure(error: unknown): void {
    const isConflict = error instanceof StorageError && error.kind === 'conflict';
    if (isConflict) {
      this.health.noteConflict();
      this.nextTryMs = performance.now() + CONFLICT_PAUSE_MS * (0.5 + Math.random());
      return;
    }
    this.nextTryMs = performance.now() + RETRY_MS;
    this.health.noteFailure();
    this.health.noteUnwritten(error);
    if (performance.now() - this.loggedAtMs < LOG_EVERY_MS) return;
    this.loggedAtMs = performance.now();
    const { waitingExchanges, droppedExchanges } = this;
    this.logger.error(
      `❌ usage cannot be written: ${waitingExchanges} exchanges wait, ${droppedExchanges} are lost: ${String(error)}`,
    );
  }
}

/** True for an error that is not an outage: the same call always fails. */
function isHopeless(error: unknown): boolean {
  return !(error instanceof StorageError) || error.kind === 'invalid';
}
