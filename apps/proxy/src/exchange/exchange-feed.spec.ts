import { setImmediate as endOfTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Exchange } from './exchange.js';
import { ExchangeFeed } from './exchange-feed.js';

Logger.overrideLogger(false);

const exchangeOf = (user: string) => new Exchange(user, 'messages', '/v1/messages');

function watchedFeed() {
  const feed = new ExchangeFeed();
  const seen: string[] = [];
  feed.onFinished(({ user }) => seen.push(`first ${user}`));
  feed.onFinished(({ user, record }) => seen.push(`second ${record.user === user ? user : 'unknown'}`));
  return { feed, seen };
}

describe('the feed of exchanges', () => {
  it('notifies at the end of the turn, one listener after the other', async () => {
    const { feed, seen } = watchedFeed();
    for (const user of ['alice', 'bob']) feed.finish(exchangeOf(user));
    expect(seen).toEqual([]);
    await endOfTurn();
    expect(seen).toEqual(['first alice', 'first bob', 'second alice', 'second bob']);
  });

  it('notifies once of an exchange that ends twice, and at once where a reader asks for it', async () => {
    const { feed, seen } = watchedFeed();
    const exchange = exchangeOf('alice');
    feed.begin();
    feed.finish(exchange);
    feed.finish(exchange);
    feed.notifyOfEnded();
    feed.finish(exchange);
    await endOfTurn();
    expect(seen).toEqual(['first alice', 'second alice']);
    expect(feed.inFlight).toBe(0);
  });

  it('calls the other listeners where one throws', async () => {
    const feed = new ExchangeFeed();
    const seen: string[] = [];
    feed.onFinished(() => {
      throw new Error('a listener');
    });
    feed.onFinished(({ user }) => seen.push(user));
    for (const user of ['alice', 'bob']) feed.finish(exchangeOf(user));
    await endOfTurn();
    expect(seen).toEqual(['alice', 'bob']);
  });
});
