import { Injectable, Logger } from '@nestjs/common';
import type { Exchange } from './exchange.js';

export type ExchangeListener = (exchange: Exchange) => void;

/** Tells that an exchange has ended, to whoever counts, logs or shows it. */
@Injectable()
export class ExchangeFeed {
  private readonly logger = new Logger(ExchangeFeed.name);
  private readonly listeners: ExchangeListener[] = [];
  private readonly told = new WeakSet<Exchange>();

  onFinished(listener: ExchangeListener): void {
    this.listeners.push(listener);
  }

  /** Told once per exchange, whoever calls how often. A listener that throws hurts nobody. */
  finish(exchange: Exchange): void {
    if (this.told.has(exchange)) return;
    this.told.add(exchange);
    exchange.durationMs = exchange.elapsedMs();
    for (const listener of this.listeners) {
      try {
        listener(exchange);
      } catch (error) {
        this.logger.error(`❌ a listener failed on exchange ${exchange.id}: ${String(error)}`);
      }
    }
  }
}
