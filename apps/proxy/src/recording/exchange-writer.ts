import type { IndependentWrite } from '@claude-proxy/storage';
import type { FinishedExchange } from '../exchange/exchange.js';

/** The records of one room about finished exchanges. */
export interface ExchangeWriter {
  startBatch(): WriterBatch;
}

/**
 * The records of a writer for one batch. It adds up exchanges as they end and returns its writes once, at the close.
 * Separate writes per exchange, merged afterwards, were most of the cost of recording.
 */
export interface WriterBatch {
  add(exchange: FinishedExchange): void;
  /** Called once. A put can be repeated, and only this writer writes its item. Items shared by tasks use increments. */
  writes(): readonly IndependentWrite[];
}
