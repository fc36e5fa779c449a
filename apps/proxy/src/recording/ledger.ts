import type { Write } from '@claude-proxy/storage';
import type { Exchange } from '../exchange/exchange.js';

/** What one room keeps of finished exchanges. */
export interface Ledger {
  /** One exchange adds no more than so many writes to a page. */
  readonly maxWritesOfOne: number;
  openPage(): LedgerPage;
}

/**
 * What a ledger takes down for one transaction. It adds up while exchanges end and says what to write once, at the
 * close: writes per exchange, merged afterwards, were most of what recording cost.
 */
export interface LedgerPage {
  /** At least as many as the writes so far. */
  readonly size: number;
  add(exchange: Exchange): void;
  /**
   * Asked once. No item twice. A condition may only fail where this very page has been written before: that is how a
   * transaction is known again after the store has forgotten its token.
   */
  writes(): readonly Write[];
}
