import type { LiveEvent } from '@claude-proxy/admin-api';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { detailOf, lineOf } from './request-line.js';

export type LiveListener = (event: LiveEvent) => void;

/** What happens in this process, for the pages that are open now. */
@Injectable()
export class LiveFeed implements OnModuleInit {
  private readonly logger = new Logger(LiveFeed.name);
  private readonly listeners = new Set<LiveListener>();
  private isDraining = false;

  constructor(private readonly exchanges: ExchangeFeed) {}

  onModuleInit(): void {
    this.exchanges.onFinished((exchange) => {
      if (this.listeners.size > 0) this.tell({ type: 'exchange', request: lineOf(detailOf(exchange)) });
    });
    this.exchanges.onChange((what) => {
      this.isDraining ||= what === 'draining';
      this.tell({ type: what });
    });
  }

  /** @returns a function that ends it */
  listen(listener: LiveListener): () => void {
    this.listeners.add(listener);
    if (this.isDraining) listener({ type: 'draining' });
    return () => this.listeners.delete(listener);
  }

  /** One who looks on and fails takes nothing from the others. */
  private tell(event: LiveEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (error) {
        this.logger.error(`❌ a reader of the live feed failed on an event of type ${event.type}: ${String(error)}`);
      }
    }
  }
}
