import type { IndependentWrite, TableDefinition } from '@claude-proxy/storage';
import { describe, expect, it } from '@jest/globals';
import { Exchange } from '../exchange/exchange.js';
import { Batch } from './batch.js';
import type { ExchangeWriter } from './exchange-writer.js';

const TABLE: TableDefinition = { name: 'counters', partitionKey: 'id' };
const exchangeOf = (user: string) => new Exchange(user, 'messages', '/v1/messages');

/** Counts exchanges by user. */
class CountingWriter implements ExchangeWriter {
  startBatch() {
    const counts = new Map<string, number>();
    return {
      add: ({ user }: Exchange) => counts.set(user, (counts.get(user) ?? 0) + 1),
      writes: () =>
        [...counts].map(([id, n]): IndependentWrite => ({ kind: 'increment', table: TABLE, key: { id }, add: { n } })),
    };
  }
}

describe('a batch', () => {
  it('contains the writes of all writers', () => {
    const batch = new Batch([new CountingWriter(), new CountingWriter()]);
    for (const user of ['alice', 'bob', 'alice']) batch.add(exchangeOf(user));
    const counted = [
      { kind: 'increment', table: TABLE, key: { id: 'alice' }, add: { n: 2 } },
      { kind: 'increment', table: TABLE, key: { id: 'bob' }, add: { n: 1 } },
    ];
    expect(batch.close()).toEqual([...counted, ...counted]);
    expect(batch.exchanges).toBe(3);
  });

  it('is full after 250 exchanges', () => {
    const batch = new Batch([new CountingWriter()]);
    for (let index = 0; index < 249; index += 1) batch.add(exchangeOf('alice'));
    expect(batch.hasRoom).toBe(true);
    batch.add(exchangeOf('alice'));
    expect(batch.hasRoom).toBe(false);
  });
});
