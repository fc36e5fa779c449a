import type { IndependentWrite } from '@claude-proxy/storage';
import type { FinishedExchange } from '../exchange/exchange.js';
import type { ExchangeWriter, WriterBatch } from './exchange-writer.js';

/** A file is written by one transaction that holds the event loop: 2 ms for so many. */
const MAX_EXCHANGES = 250;

/** Exchanges that are written together: a page of every writer. */
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

  /** Nothing is added any more. */
  close(): IndependentWrite[] {
    return this.pages.flatMap((page) => page.writes());
  }
}
