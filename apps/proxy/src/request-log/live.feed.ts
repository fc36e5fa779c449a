import type { LiveEvent } from '@claude-proxy/admin-api';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { OperatorEvents } from '../exchange/operator-events.js';
import { OtherTasksFeed } from './other-tasks.feed.js';
import { detailOf, lineOf } from './request-line.js';

export type LiveListener = (event: LiveEvent) => void;

/**
 * Events for the dashboards that are open now. Requests of other tasks follow a few seconds after their end; all other
 * events are of this process.
 */
@Injectable()
export class LiveFeed implements OnModuleInit {
  private readonly logger = new Logger(LiveFeed.name);
  private readonly listeners = new Set<LiveListener>();
  private isDraining = false;

  constructor(
    private readonly exchanges: ExchangeFeed,
    private readonly events: OperatorEvents,
    private readonly others: OtherTasksFeed,
  ) {}

  onModuleInit(): void {
    this.exchanges.onFinished((exchange) => {
      if (this.listeners.size === 0) return;
      this.others.note(exchange.id);
      this.publish({ type: 'exchange', request: lineOf(detailOf(exchange)) });
    });
    this.events.onEvent((event) => this.publish({ type: 'event', event }));
    this.exchanges.onChange((what) => {
      this.isDraining ||= what === 'draining';
      this.publish({ type: what });
    });
  }

  /** @returns a function that removes the listener */
  listen(listener: LiveListener): () => void {
    this.listeners.add(listener);
    this.others.start((request) => this.publish({ type: 'exchange', request }));
    if (this.isDraining) listener({ type: 'draining' });
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.others.stop();
    };
  }

  /** A failing listener does not affect the others. */
  private publish(event: LiveEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (error) {
        this.logger.error(`❌ a reader of the live feed failed on an event of type ${event.type}: ${String(error)}`);
      }
    }
  }
}
