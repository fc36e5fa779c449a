import { randomUUID } from 'node:crypto';
import { MAX_WRITES_PER_TRANSACTION, type Write } from '@claude-proxy/storage';
import type { Exchange } from '../exchange/exchange.js';
import type { Ledger, LedgerPage } from './ledger.js';

const MAX_EXCHANGES = 25;

/** One transaction in the making: a page of every ledger. */
export class Batch {
  readonly token = randomUUID();
  private readonly pages: readonly LedgerPage[];
  private readonly maxWritesOfOne: number;
  private closedWrites: readonly Write[] | undefined;
  private count = 0;

  constructor(ledgers: readonly Ledger[]) {
    this.pages = ledgers.map((ledger) => ledger.openPage());
    this.maxWritesOfOne = ledgers.reduce((sum, { maxWritesOfOne }) => sum + maxWritesOfOne, 0);
  }

  get exchanges(): number {
    return this.count;
  }

  /** False once it holds what a transaction takes. */
  get hasRoom(): boolean {
    const writes = this.pages.reduce((sum, { size }) => sum + size, 0);
    return this.count < MAX_EXCHANGES && writes + this.maxWritesOfOne <= MAX_WRITES_PER_TRANSACTION;
  }

  add(exchange: Exchange): void {
    this.count += 1;
    for (const page of this.pages) page.add(exchange);
  }

  /** Nothing is added any more. The same each time: a transaction that is repeated must not differ. */
  close(): readonly Write[] {
    this.closedWrites ??= this.pages.flatMap((page) => page.writes());
    return this.closedWrites;
  }
}
