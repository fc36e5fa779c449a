import type { TableDefinition, Write } from '@claude-proxy/storage';
import { describe, expect, it } from '@jest/globals';
import { Exchange } from '../exchange/exchange.js';
import { Batch } from './batch.js';
import type { Ledger } from './ledger.js';

const TABLE: TableDefinition = { name: 'counters', partitionKey: 'id' };
const exchangeOf = (user: string) => new Exchange(user, 'messages', '/v1/messages');

/** Counts exchanges by user. */
class CountingLedger implements Ledger {
  constructor(readonly maxWritesOfOne = 1) {}

  openPage() {
    const counts = new Map<string, number>();
    return {
      get size() {
        return counts.size;
      },
      add: ({ user }: Exchange) => counts.set(user, (counts.get(user) ?? 0) + 1),
      writes: () => [...counts].map(([id, n]): Write => ({ kind: 'increment', table: TABLE, key: { id }, add: { n } })),
    };
  }
}

describe('a batch', () => {
  it('writes what the pages of all ledgers say', () => {
    const batch = new Batch([new CountingLedger(), new CountingLedger()]);
    for (const user of ['alice', 'bob', 'alice']) batch.add(exchangeOf(user));
    const counted = [
      { kind: 'increment', table: TABLE, key: { id: 'alice' }, add: { n: 2 } },
      { kind: 'increment', table: TABLE, key: { id: 'bob' }, add: { n: 1 } },
    ];
    expect(batch.close()).toEqual([...counted, ...counted]);
    expect(batch.exchanges).toBe(3);
  });

  it('says the same when it is asked again', () => {
    const batch = new Batch([new CountingLedger()]);
    batch.add(exchangeOf('alice'));
    expect(batch.close()).toBe(batch.close());
  });

  it('is full after 25 exchanges', () => {
    const batch = new Batch([new CountingLedger()]);
    for (let index = 0; index < 24; index += 1) batch.add(exchangeOf('alice'));
    expect(batch.hasRoom).toBe(true);
    batch.add(exchangeOf('alice'));
    expect(batch.hasRoom).toBe(false);
  });

  it('is full where one more exchange could make the transaction too large', () => {
    const batch = new Batch([new CountingLedger(90)]);
    for (let index = 0; index < 10; index += 1) batch.add(exchangeOf(`user${index}`));
    expect(batch.hasRoom).toBe(true);
    batch.add(exchangeOf('one-more'));
    expect(batch.hasRoom).toBe(false);
  });
});
