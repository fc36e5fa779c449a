import { describe, expect, it } from '@jest/globals';
import type { Item, Query, Table } from '../table.js';
import { type Bench, EVENTS, USERS } from './contract.js';

const INVALID = { name: 'StorageError', kind: 'invalid' };

export function promiseQueries(bench: Bench): void {
  const events = () => bench.store.table(EVENTS);

  const stored = async (sortKeys: readonly string[], attributes: (at: string) => Item = () => ({})) => {
    const stream = bench.unusedKey();
    await Promise.all(sortKeys.map((at) => events().put({ stream, at, ...attributes(at) })));
    return stream;
  };

  describe('queries', () => {
    it('return one partition in the order of the sort key, either way', async () => {
      const stream = await stored(['b', 'é', 'a', '🦜', 'Z', 'ﬀ']);
      await stored(['c']);
      const ascending = ['Z', 'a', 'b', 'é', 'ﬀ', '🦜'];
      expect(await sortKeys(events(), { partition: stream })).toEqual(ascending);
      expect(await sortKeys(events(), { partition: stream, descending: true })).toEqual(ascending.toReversed());
      expect(await events().query({ partition: bench.unusedKey() })).toEqual({ items: [] });
    });

    it.each<[string, Partial<Query>, string[]]>([
      ['from a key on', { from: '2' }, ['2', '2a', '2b', '3']],
      ['up to a key', { to: '2a' }, ['1', '2', '2a']],
      ['between two keys', { from: '2', to: '2b' }, ['2', '2a', '2b']],
      ['with a prefix', { prefix: '2' }, ['2', '2a', '2b']],
      ['with a prefix, backwards', { prefix: '2', descending: true, limit: 2 }, ['2b', '2a']],
      ['of an empty range', { from: '3', to: '1' }, []],
    ])('return the items %s', async (_what, bounds, expected) => {
      const stream = await stored(['1', '2', '2a', '2b', '3']);
      const { items } = await events().query({ partition: stream, ...bounds });
      expect(items.map(({ at }) => at)).toEqual(expected);
    });

    it.each([false, true])('return every item once, page by page (descending: %s)', async (descending) => {
      const expected = Array.from({ length: 25 }, (_, number) => String(number).padStart(2, '0'));
      const stream = await stored(expected);
      const first = await events().query({ partition: stream, limit: 4, descending });
      expect(first.items).toHaveLength(4);
      const seen = await sortKeys(events(), { partition: stream, limit: 4, descending });
      expect(seen).toEqual(descending ? expected.toReversed() : expected);
    });

    it('fill a page with living items and never return an expired one', async () => {
      const ttl = bench.nowSeconds() + 10;
      const stream = await stored(['1', '2', '3', '4', '5', '6'], (at) => (Number(at) % 2 === 1 ? { ttl } : {}));
      bench.pass(11);
      const { items } = await events().query({ partition: stream, limit: 2 });
      expect(items.map(({ at }) => at)).toEqual(['2', '4']);
    });

    it('read an index in the order of its own sort key', async () => {
      const period = bench.unusedKey();
      const stream = await stored(['1', '2', '3'], (at) => ({ period, rank: String(9 - Number(at)) }));
      await stored(['4'], () => ({ period, rank: '7' }));
      await stored(['5'], () => ({ period }));
      const seen = await sortKeys(events(), { index: 'by-period', partition: period, limit: 1 });
      expect([seen[0], seen.slice(1, 3).sort(), seen[3]]).toEqual(['3', ['2', '4'], '1']);
      const { items } = await events().query({ index: 'by-period', partition: period, from: '7', to: '8' });
      expect(items).toHaveLength(3);
      expect(items).toContainEqual({ stream, at: '1', period, rank: '8' });
    });

    it('read an index without a sort key page by page', async () => {
      const owner = bench.unusedKey();
      await stored(['1', '2', '3'], () => ({ owner }));
      await stored(['4', '5'], () => ({ owner }));
      const seen = await sortKeys(events(), { index: 'by-owner', partition: owner, limit: 2 });
      expect(seen.sort()).toEqual(['1', '2', '3', '4', '5']);
    });

    it('find an item after a change of its index key by put and by increment, and not after its deletion', async () => {
      const [before, after] = [bench.unusedKey(), bench.unusedKey()];
      const stream = await stored(['1'], () => ({ owner: before }));
      await events().increment({ stream, at: '1' }, { add: { count: 1 }, set: { owner: after } });
      expect(await sortKeys(events(), { index: 'by-owner', partition: before })).toEqual([]);
      expect(await sortKeys(events(), { index: 'by-owner', partition: after })).toEqual(['1']);
      await events().delete({ stream, at: '1' });
      expect(await sortKeys(events(), { index: 'by-owner', partition: after })).toEqual([]);
    });

    it.each<[string, Query]>([
      ['an unknown index', { index: 'by-nothing', partition: 'a' }],
      ['an empty partition', { partition: '' }],
      ['a prefix together with a range', { partition: 'a', prefix: 'b', from: 'c' }],
      ['bounds without a sort key', { index: 'by-owner', partition: 'a', from: 'b' }],
      ['a limit below one', { partition: 'a', limit: 0 }],
      ['an invalid cursor', { partition: 'a', cursor: 'nonsense' }],
    ])('are refused with %s', async (_what, query) => {
      await expect(events().query(query)).rejects.toMatchObject(INVALID);
    });

    it('refuse an item whose index key is not text', async () => {
      await expect(events().put({ stream: 'a', at: 'b', period: 7 })).rejects.toMatchObject(INVALID);
      await expect(events().put({ stream: 'a', at: 'b', owner: '' })).rejects.toMatchObject(INVALID);
    });

    it('find the one item of a table without a sort key', async () => {
      const users = bench.store.table(USERS);
      const user_id = bench.unusedKey();
      await users.put({ user_id, name: 'Zoë' });
      expect(await users.query({ partition: user_id })).toEqual({ items: [{ user_id, name: 'Zoë' }] });
    });
  });
}

async function sortKeys(table: Table, query: Query): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const { at } of table.each(query)) seen.push(at);
  return seen;
}
