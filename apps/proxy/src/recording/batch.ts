import type { IndependentWrite } from '@claude-proxy/storage';
import type { FinishedExchange } from '../exchange/exchange.js';
import type { ExchangeWriter, WriterBatch } from './exchange-writer.js';

/** On SQLite one transaction of this size blocks the event loop for 2 ms. */
const MAX_EXCHANGES = 250;

/** Exchanges that are written together, with a batch of each writer. */
export class Batch {
  private readonly pages: readonly WriterBatch[];
  private count = 0;

  constructor(writers: readonly ExchangeWriter[]) {
    this.pages = writers.map((writer) => writer.startBatch());
  }

  get exchanges(): number {
    return this.count;
  }

  get hasRoom(): boolean {
    return this.count < MAX_EXCHANGES;
  }

  add(exchange: FinishedExchange): void {
    this.count += 1;
    for (const page of this.pages) page.add(exchange);
  }

  /** Ends the batch and returns its writes. */
  close(): IndependentWrite[] {
    return this.pages.flatMap((page) => page.writes());
  }
}
