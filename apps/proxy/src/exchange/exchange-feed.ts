import { Injectable, Logger } from '@nestjs/common';
import type { Exchange } from './exchange.js';
import { withMaskedKeys } from './masked-keys.js';

/** In the words of clients and upstreams, beside those that an exchange masks as they are set. */
const QUOTING_FIELDS = [
  'errorMessage',
  'fallbackReason',
  'answeredModel',
  'stopReason',
  'upstreamRequestId',
  'billedAs',
] as const satisfies readonly (keyof Exchange)[];

export type ExchangeListener = (exchange: Exchange) => void;

/** What else an operator may be looking at. */
export type Change = 'limits' | 'drills' | 'draining';

/** Tells that an exchange has ended, to whoever counts, logs or shows it. */
@Injectable()
export class ExchangeFeed {
  private readonly logger = new Logger(ExchangeFeed.name);
  private readonly listeners: ExchangeListener[] = [];
  private readonly told = new WeakSet<Exchange>();
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

  onReceived(listener: ExchangeListener): void {
    this.receivedListeners.push(listener);
  }

  /** The body is there, and the work on it begins. */
  received(exchange: Exchange): void {
    this.tell(this.receivedListeners, exchange, `exchange ${exchange.id}`);
  }

  onChange(listener: (what: Change) => void): void {
    this.changeListeners.push(listener);
  }

  /** A listener that throws hurts nobody. */
  changed(what: Change): void {
    this.tell(this.changeListeners, what, `the change of ${what}`);
  }

  onFinished(listener: ExchangeListener): void {
    this.listeners.push(listener);
  }

  /** Told once per exchange, whoever calls how often. A listener that throws hurts nobody. */
  finish(exchange: Exchange): void {
    if (this.told.has(exchange)) return;
    this.told.add(exchange);
    this.finished += 1;
    exchange.durationMs = exchange.elapsedMs();
    maskKeys(exchange);
    this.tell(this.listeners, exchange, `exchange ${exchange.id}`);
  }

  private tell<News>(listeners: readonly ((news: News) => void)[], news: News, name: string): void {
    for (const listener of listeners) {
      try {
        listener(news);
      } catch (error) {
        this.logger.error(`❌ a listener failed on ${name}: ${String(error)}`);
      }
    }
  }
}

/** Here, once, before anybody keeps it: reasons are in the words of upstreams, also of those that are not ours. */
function maskKeys(exchange: Exchange): void {
  for (const field of QUOTING_FIELDS) {
    const text = exchange[field];
    if (text !== undefined) exchange[field] = withMaskedKeys(text);
  }
  if (!exchange.attempts.some(({ reason }) => reason !== undefined)) return;
  exchange.attempts = exchange.attempts.map((attempt) =>
    attempt.reason === undefined ? attempt : { ...attempt, reason: withMaskedKeys(attempt.reason) },
  );
}
