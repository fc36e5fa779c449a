import type { IndependentWrite } from '@claude-proxy/storage';
import type { Exchange } from '../exchange/exchange.js';
import type { Ledger, LedgerPage } from './ledger.js';

/** A file is written by one transaction that holds the event loop: 2 ms for so many. */
const MAX_EXCHANGES = 250;

/** Exchanges that are written together: a page of every ledger. */
export class Batch {
  private readonly pages: readonly LedgerPage[];
  private count = 0;

  constructor(ledgers: readonly Ledger[]) {
    this.pages = ledgers.map((ledger) => ledger.openPage());
  }

  get exchanges(): number {
    return this.count;
  }

  get hasRoom(): boolean {
    return this.count < MAX_EXCHANGES;
  }

  add(exchange: Exchange): void {
    this.count += 1;
    for (const page of this.pages) page.add(exchange);
  }

  /** Nothing is added any more. */
  close(): IndependentWrite[] {
    return this.pages.flatMap((page) => page.writes());
  }
}
