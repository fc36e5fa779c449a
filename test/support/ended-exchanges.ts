import type { FinishedExchange } from '../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import type { RunningGateway } from './start-gateway.js';

/**
 * The exchanges of a gateway that have ended. Reading them notifies its listeners first: a client in the same process can
 * see an end before the turn of the event loop is over.
 */
export class EndedExchanges {
  private readonly exchanges: FinishedExchange[] = [];
  private readonly feed: ExchangeFeed;

  constructor({ app }: Pick<RunningGateway, 'app'>) {
    this.feed = app.get(ExchangeFeed);
    this.feed.onFinished((exchange) => this.exchanges.push(exchange));
  }

  get all(): readonly FinishedExchange[] {
    this.feed.notifyOfEnded();
    return this.exchanges;
  }

  clear(): void {
    this.feed.notifyOfEnded();
    this.exchanges.length = 0;
  }
}
