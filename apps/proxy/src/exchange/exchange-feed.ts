import { Injectable, Logger } from '@nestjs/common';
import type { Exchange, FinishedExchange } from './exchange.js';
import { recordOf } from './record-of.js';

export type ExchangeListener = (exchange: FinishedExchange) => void;

/** What else an operator may be looking at. */
export type Change = 'limits' | 'drills' | 'budgets' | 'draining' | 'accounts';

/** Notifies the rooms that count, log or show an exchange when it has ended. */
@Injectable()
export class ExchangeFeed {
  private readonly logger = new Logger(ExchangeFeed.name);
  private readonly listeners: ExchangeListener[] = [];
  private readonly opened = new Set<Exchange>();
  private readonly changeListeners: ((what: Change) => void)[] = [];
  private readonly receivedListeners: ExchangeListener[] = [];
  private begun = 0;
  private finished = 0;

  /** Exchanges that have begun and not ended. */
  get inFlight(): number {
    return this.begun - this.finished;
  }

  begin(): void {
    this.begun += 1;
  }

  /** Those in flight whose body is there, oldest first. */
  open(): Exchange[] {
    return [...this.opened];
  }

  onReceived(listener: ExchangeListener): void {
    this.receivedListeners.push(listener);
  }

  /** The body is there, and the work on it begins. */
  received(exchange: Exchange): void {
    this.opened.add(exchange);
    this.notify(this.receivedListeners, exchange, nameOf);
  }

  onChange(listener: (what: Change) => void): void {
    this.changeListeners.push(listener);
  }

  /** A listener that throws is logged; the others are called. */
  changed(what: Change): void {
    this.notify(this.changeListeners, what, (changed) => `the change of ${changed}`);
  }

  onFinished(listener: ExchangeListener): void {
    this.listeners.push(listener);
  }

  /** Notifies once per exchange, however often it is called. A listener that throws is logged; the others are called. */
  finish(exchange: Exchange): void {
    if (exchange.isFinished) return;
    this.finished += 1;
    this.opened.delete(exchange);
    exchange.finished();
    exchange.recorded(recordOf(exchange));
    this.notify(this.listeners, exchange, nameOf);
  }

  /** Begins and ends an exchange that was refused, or whose client left, before there was a request to serve. */
  reject(exchange: Exchange, error: unknown, hasClientLeft = false): void {
    this.begin();
    if (hasClientLeft) exchange.aborted(error);
    else exchange.rejected(error);
    this.finish(exchange);
  }

  private notify<News>(
    listeners: readonly ((news: News) => void)[],
    news: News,
    nameOfNews: (news: News) => string,
  ): void {
    for (const listener of listeners) {
      try {
        listener(news);
      } catch (error) {
        this.logger.error(`❌ a listener failed on ${nameOfNews(news)}: ${String(error)}`);
      }
    }
  }
}

function nameOf({ id }: FinishedExchange): string {
  return `exchange ${id}`;
}
