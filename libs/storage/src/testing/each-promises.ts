import { describe, expect, it } from '@jest/globals';
import type { IndependentWrite, Item } from '../table.js';
import { type Bench, EVENTS, GHOSTS, type TableContract, USERS } from './contract.js';

/** Items that no engine may accept, with the reason. */
export const UNSTORABLE: readonly (readonly [string, Item])[] = [
  ['NaN', { n: Number.NaN }],
  ['an infinite number', { n: Number.POSITIVE_INFINITY }],
  ['a number of 301 digits', { n: 1e300 }],
  ['a number too large to be exact', { n: 2 ** 53 }],
  ['a negative number too large to be exact', { n: -(2 ** 53) }],
  ['a number too close to zero', { n: 1e-131 }],
  ['40 levels of maps', { map: nested(40) }],
  ['40 levels of lists', { list: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) }],
  ['more than 400 KB of text', { text: 'x'.repeat(401 * 1024) }],
  ['more than 400 KB of letters of three bytes', { text: '語'.repeat(140 * 1024) }],
  [
    'more than 400 KB of short names',
    { map: Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`n${n}`, 1])) },
  ],
  ['an attribute without a name', { '': 1 }],
  ['a member without a name', { map: { '': 1 } }],
  ['a name that is not text', { '\ud800': 1 }],
  ['a member called constructor', { map: { constructor: { name: 'Set' } } }],
  ['a ttl that is text', { ttl: '2030-01-01' }],
  ['a date', { at: new Date(0) }],
  ['a function', { call: () => 1 }],
];

export function nested(levels: number): Item {
  return levels === 0 ? {} : { deeper: nested(levels - 1) };
}

export function promiseIndependentWrites(bench: Bench, missingTables: TableContract['missingTables']): void {
  const users = () => bench.store.table(USERS);
  const countOf = async (user_id: string) => (await users().get({ user_id }))?.count;
  const putting = (user_id: string, attributes: Item = {}): IndependentWrite => ({
    kind: 'put',
    table: USERS,
    item: { user_id, ...attributes },
  });
  const counting = (user_id: string, set: Item = {}): IndependentWrite => ({
    kind: 'increment',
    table: USERS,
    key: { user_id },
    add: { count: 1 },
    set,
  });
  const stepOf = (number: number, writer = bench.unusedKey()) => ({ writer, number });

  describe('independent writes', () => {
    it('put and count in several tables, more than fit in a transaction or a batch', async () => {
      const made = Array.from({ length: 60 }, () => bench.unusedKey());
      const counted = Array.from({ length: 60 }, () => bench.unusedKey());
      const event = { stream: made[0]!, at: '1' };
      const writes = [
        ...made.map((key) => putting(key)),
        ...counted.map((key) => counting(key)),
        { kind: 'put', table: EVENTS, item: event } as const,
      ];
      expect(await bench.store.writeEach(writes, stepOf(1))).toEqual([]);
      for (const user_id of made) expect(await users().get({ user_id })).toEqual({ user_id });
      for (const user_id of counted) expect(await countOf(user_id)).toBe(1);
      expect(await bench.store.table(EVENTS).get(event)).toEqual(event);
    });

    it('count once per step of their writer, with any number of repetitions at any time', async () => {
      const user_id = bench.unusedKey();
      const [first, other] = [bench.unusedKey(), bench.unusedKey()];
      await bench.store.writeEach([counting(user_id)], stepOf(1, first));
      await Promise.all([1, 2, 3].map(() => bench.store.writeEach([counting(user_id)], stepOf(1, first))));
      await bench.store.writeEach([counting(user_id)], stepOf(7, other));
      bench.pass(60 * 60);
      await bench.store.writeEach([counting(user_id)], stepOf(1, first));
      expect(await countOf(user_id)).toBe(2);
      await bench.store.writeEach([counting(user_id)], stepOf(2, first));
      expect(await countOf(user_id)).toBe(3);
    });

    it('are exact if many writers count in the same items at once', async () => {
      const keys = [bench.unusedKey(), bench.unusedKey()];
      const rounds = Array.from({ length: 12 }, async () => {
        const writer = bench.unusedKey();
        for (let number = 1; number <= 3; number += 1) {
          const round = keys.map((key) => counting(key));
          await bench.store.writeEach(round, stepOf(number, writer));
          await bench.store.writeEach(round, stepOf(number, writer));
        }
      });
      await Promise.all(rounds);
      expect(await Promise.all(keys.map(countOf))).toEqual([36, 36]);
    });

    it('start expired counters from zero, once', async () => {
      const user_id = bench.unusedKey();
      await users().put({ user_id, count: 1000, ttl: bench.nowSeconds() + 10 });
      bench.pass(11);
      const step = stepOf(1);
      const round = [counting(user_id, { ttl: bench.nowSeconds() + 100 })];
      await bench.store.writeEach(round, step);
      await bench.store.writeEach(round, step);
      expect(await countOf(user_id)).toBe(1);
    });

    it.each(UNSTORABLE)('reject %s with a reason, and write all other items', async (_what, attributes) => {
      const [before, bad, after] = [bench.unusedKey(), bench.unusedKey(), bench.unusedKey()];
      const writes = [
        ...Array.from({ length: 10 }, (_, n) => putting(`${before}-${n}`)),
        putting(bad, attributes),
        counting(`${bad}-counter`, attributes),
        ...Array.from({ length: 10 }, (_, n) => putting(`${after}-${n}`)),
        counting(`${after}-counter`),
      ];
      const refused = await bench.store.writeEach(writes, stepOf(1));
      expect(refused.map(({ write }) => write)).toEqual(expect.arrayContaining([writes[10], writes[11]]));
      expect(refused.map(({ error }) => error.kind)).toEqual(['invalid', 'invalid']);
      for (const key of [`${before}-0`, `${before}-9`, `${after}-0`, `${after}-9`]) {
        expect(await users().get({ user_id: key })).toEqual({ user_id: key });
      }
      expect(await countOf(`${after}-counter`)).toBe(1);
      expect(await users().get({ user_id: bad })).toBeUndefined();
      expect(await users().get({ user_id: `${bad}-counter` })).toBeUndefined();
    });

    it.each<[string, string]>([
      ['an empty key', ''],
      ['a key that is not text', '\udc00'],
      ['a key of more than 2,048 bytes', 'é'.repeat(1_025)],
    ])('reject %s, and write the other item', async (_what, user_id) => {
      const neighbor = bench.unusedKey();
      const refused = await bench.store.writeEach([putting(user_id), counting(neighbor)], stepOf(1));
      expect(refused).toMatchObject([{ write: { item: { user_id } }, error: { kind: 'invalid' } }]);
      expect(await countOf(neighbor)).toBe(1);
    });

    it('reject a sort key of more than 1,024 bytes, and keep one that fits', async () => {
      const stream = bench.unusedKey();
      const put = (at: string) => ({ kind: 'put', table: EVENTS, item: { stream, at } }) as const;
      const refused = await bench.store.writeEach([put('x'.repeat(1_025)), put('y'.repeat(1_024))], stepOf(1));
      expect(refused).toHaveLength(1);
      expect((await bench.store.table(EVENTS).query({ partition: stream })).items).toHaveLength(1);
    });

    it.each<[string, Record<string, number>]>([
      ['a fraction', { count: 0.5 }],
      ['an unsafe number', { count: 2 ** 53 }],
      ['NaN', { count: Number.NaN }],
    ])('reject an increment by %s, and apply the others', async (_what, add) => {
      const [bad, neighbor] = [bench.unusedKey(), bench.unusedKey()];
      const write: IndependentWrite = { kind: 'increment', table: USERS, key: { user_id: bad }, add };
      const refused = await bench.store.writeEach([write, counting(neighbor)], stepOf(1));
      expect(refused).toMatchObject([{ write, error: { kind: 'invalid' } }]);
      expect(await countOf(neighbor)).toBe(1);
    });

    it('reject an increment of a text and of a full item, and apply the others', async () => {
      const [text, full, neighbor] = [bench.unusedKey(), bench.unusedKey(), bench.unusedKey()];
      await users().put({ user_id: text, count: 'many' });
      await users().put({ user_id: full, text: 'x'.repeat(380 * 1024) });
      const refused = await bench.store.writeEach(
        [counting(text), counting(full, { more: 'y'.repeat(30 * 1024) }), counting(neighbor)],
        stepOf(1),
      );
      expect(refused.map(({ error }) => error.kind)).toEqual(['invalid', 'invalid']);
      expect([await countOf(text), await countOf(full), await countOf(neighbor)]).toEqual(['many', undefined, 1]);
    });

    it('write an item once per round and reject the second write', async () => {
      const user_id = bench.unusedKey();
      const refused = await bench.store.writeEach([counting(user_id), counting(user_id)], stepOf(1));
      expect(refused).toHaveLength(1);
      expect(await countOf(user_id)).toBe(1);
    });

    it('add up beyond 2^53 without an error, and read as a number near the sum', async () => {
      const user_id = bench.unusedKey();
      const add = { count: Number.MAX_SAFE_INTEGER };
      const write: IndependentWrite = { kind: 'increment', table: USERS, key: { user_id }, add };
      const writer = bench.unusedKey();
      for (const number of [1, 2, 3]) expect(await bench.store.writeEach([write], { writer, number })).toEqual([]);
      expect(Number(await countOf(user_id)) / (3 * Number.MAX_SAFE_INTEGER)).toBeCloseTo(1);
    });

    it('can be an empty list', async () => {
      expect(await bench.store.writeEach([], stepOf(1))).toEqual([]);
    });

    if (missingTables === 'refused') {
      it('fail if a table is missing, so that they are retried', async () => {
        const write: IndependentWrite = { kind: 'put', table: GHOSTS, item: { ghost_id: 'a' } };
        await expect(bench.store.writeEach([write], stepOf(1))).rejects.toMatchObject({ kind: 'missing_table' });
      });
    }
  });
}
