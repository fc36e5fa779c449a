import { Injectable, Logger } from '@nestjs/common';
import type { Exchange, FinishedExchange } from './exchange.js';
import { recordOf } from './record-of.js';

export type ExchangeListener = (exchange: FinishedExchange) => void;

/** What else an operator may be looking at. */
export type Change = 'limits' | 'drills' | 'budgets' | 'draining' | 'accounts';

/**
 * Notifies the rooms that count, log or show an exchange when it has ended: at the end of the turn of the event loop, one
 * room after the other for all exchanges of the turn, because code that runs many times in a row is in the processor's
 * caches.
 */
@Injectable()
export class ExchangeFeed {
  private readonly logger = new Logger(ExchangeFeed.name);
  private readonly listeners: ExchangeListener[] = [];
  private readonly opened = new Set<Exchange>();
  private readonly changeListeners: ((what: Change) => void)[] = [];
  private readonly receivedListeners: ExchangeListener[] = [];
  private ended: Exchange[] = [];
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

  /** Notifies once per exchange, however often it is called. Where a listener throws, it is logged and the others are called. */
  finish(exchange: Exchange): void {
    if (exchange.isFinished) return;
    this.finished += 1;
    this.opened.delete(exchange);
    exchange.finished();
    if (this.ended.push(exchange) === 1) setImmediate(() => this.notifyOfEnded());
  }

  /** Notifies of the exchanges that have ended in this turn. Before what the listeners keep is read or written. */
  notifyOfEnded(): void {
    const exchanges = this.ended;
    if (exchanges.length === 0) return;
    this.ended = [];
    for (const exchange of exchanges) exchange.recorded(recordOf(exchange));
    for (const listener of this.listeners) {
      for (const exchange of exchanges) this.notifyOne(listener, exchange, nameOf);
    }
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
    for (const listener of listeners) this.notifyOne(listener, news, nameOfNews);
  }

  private notifyOne<News>(listener: (news: News) => void, news: News, nameOfNews: (news: News) => string): void {
    try {
      listener(news);
    } catch (error) {
      this.logger.error(`❌ a listener failed on ${nameOfNews(news)}: ${String(error)}`);
    }
  }
}

function nameOf({ id }: FinishedExchange): string {
  return `exchange ${id}`;
}
