import type { IndependentWrite } from '@claude-proxy/storage';
import type { FinishedExchange } from '../exchange/exchange.js';

/** What one room keeps of finished exchanges. */
export interface ExchangeWriter {
  startBatch(): WriterBatch;
}

/**
 * What a writer takes down for one batch. It adds up while exchanges end and says what to write once, at the close:
 * writes per exchange, merged afterwards, were most of what recording cost.
 */
export interface WriterBatch {
  add(exchange: FinishedExchange): void;
  /** Asked once. A put may be repeated, and nothing else writes its item; what many tasks write are increments. */
  writes(): readonly IndependentWrite[];
}
