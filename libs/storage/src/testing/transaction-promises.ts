import { describe, expect, it } from '@jest/globals';
import type { Write } from '../table.js';
import { type Bench, EVENTS, USERS } from './contract.js';

const INVALID = { name: 'StorageError', kind: 'invalid' };

export function promiseTransactions(bench: Bench): void {
  const users = () => bench.store.table(USERS);
  const countOf = async (user_id: string) => (await users().get({ user_id }))?.count;
  const counting = (user_id: string): Write => ({
    kind: 'increment',
    table: USERS,
    key: { user_id },
    add: { count: 1 },
  });

  describe('transactions', () => {
    it('put, increment and delete over several tables at once', async () => {
      const [made, counted, gone] = [bench.unusedKey(), bench.unusedKey(), bench.unusedKey()];
      await users().put({ user_id: gone });
      const event = { stream: made, at: '1', period: made, rank: '1' };
      const change = { add: { count: 2 }, set: { model: 'opus' } };
      await bench.store.transact(
        [
          { kind: 'put', table: EVENTS, item: event, condition: { absent: true } },
          { kind: 'increment', table: USERS, key: { user_id: counted }, ...change },
          { kind: 'delete', table: USERS, key: { user_id: gone } },
        ],
        bench.unusedKey(),
      );
      const { items } = await bench.store.table(EVENTS).query({ index: 'by-period', partition: made });
      expect(items).toEqual([event]);
      expect(await users().get({ user_id: counted })).toEqual({ user_id: counted, count: 2, model: 'opus' });
      expect(await users().get({ user_id: gone })).toBeUndefined();
    });

    it('write nothing if one condition fails, and name the item', async () => {
      const [taken, counted, token] = [bench.unusedKey(), bench.unusedKey(), bench.unusedKey()];
      await users().put({ user_id: taken });
      const put: Write = { kind: 'put', table: USERS, item: { user_id: taken }, condition: { absent: true } };
      const refused = bench.store.transact([counting(counted), put], token);
      await expect(refused).rejects.toMatchObject({ name: 'ConditionFailedError', key: { user_id: taken } });
      expect(await countOf(counted)).toBeUndefined();
      await users().delete({ user_id: taken });
      await bench.store.transact([counting(counted), put], token);
      expect(await countOf(counted)).toBe(1);
    });

    it('count once if repeated with the same token, also after some time', async () => {
      const [user_id, token] = [bench.unusedKey(), `${bench.unusedKey()}-${'long'.repeat(20)}`];
      await bench.store.transact([counting(user_id)], token);
      bench.pass(30);
      await bench.store.transact([counting(user_id)], token);
      await Promise.all([1, 2, 3].map(() => bench.store.transact([counting(user_id)], token)));
      expect(await countOf(user_id)).toBe(1);
      await bench.store.transact([counting(user_id)], `${token}!`);
      expect(await countOf(user_id)).toBe(2);
    });

    it('refuse a used token with other writes', async () => {
      const [user_id, token] = [bench.unusedKey(), bench.unusedKey()];
      await bench.store.transact([counting(user_id)], token);
      await expect(bench.store.transact([counting(bench.unusedKey())], token)).rejects.toMatchObject(INVALID);
    });

    it('start expired counters from zero, and keep the living ones', async () => {
      const [expired, living] = [bench.unusedKey(), bench.unusedKey()];
      await users().put({ user_id: expired, count: 1000, ttl: bench.nowSeconds() + 10 });
      await users().put({ user_id: living, count: 1000, ttl: bench.nowSeconds() + 20 });
      bench.pass(11);
      const token = bench.unusedKey();
      await bench.store.transact([counting(expired), counting(living)], token);
      await bench.store.transact([counting(expired), counting(living)], token);
      expect([await countOf(expired), await countOf(living)]).toEqual([1, 1001]);
    });

    it('count exactly during other writes of the same items', async () => {
      const [one, other] = [bench.unusedKey(), bench.unusedKey()];
      const transacted = Array.from({ length: 10 }, () =>
        bench.store.transact([counting(one), counting(other)], bench.unusedKey()),
      );
      const counted = Array.from({ length: 10 }, () => users().increment({ user_id: one }, { add: { count: 1 } }));
      await Promise.all([...transacted, ...counted]);
      expect([await countOf(one), await countOf(other)]).toEqual([20, 10]);
    });

    it('hold 100 writes, and refuse one more', async () => {
      const many = Array.from({ length: 101 }, () => bench.unusedKey());
      const tooMany = bench.store.transact(many.map(counting), bench.unusedKey());
      await expect(tooMany).rejects.toMatchObject({ ...INVALID, message: expect.stringContaining('100') });
      await bench.store.transact(many.slice(1).map(counting), bench.unusedKey());
      expect([await countOf(many[0]!), await countOf(many[100]!)]).toEqual([undefined, 1]);
    });

    it('refuse two writes of one item, an empty list, and a missing token', async () => {
      const user_id = bench.unusedKey();
      const doubled: Write[] = [counting(user_id), { kind: 'delete', table: USERS, key: { user_id } }];
      await expect(bench.store.transact(doubled, bench.unusedKey())).rejects.toMatchObject(INVALID);
      await expect(bench.store.transact([], bench.unusedKey())).rejects.toMatchObject(INVALID);
      await expect(bench.store.transact([counting(user_id)], '')).rejects.toMatchObject(INVALID);
    });

    it('undo everything if an increment adds to a value that is not a number', async () => {
      const [fresh, text] = [bench.unusedKey(), bench.unusedKey()];
      await users().put({ user_id: text, count: 'many' });
      const refused = bench.store.transact([counting(fresh), counting(text)], bench.unusedKey());
      await expect(refused).rejects.toMatchObject(INVALID);
      expect(await countOf(fresh)).toBeUndefined();
    });
  });
}

/** Without transactions in the engine, a call must fail and write nothing. */
export function promiseUnsupportedTransactions(bench: Bench): void {
  it('reports that the engine has no transactions, and writes nothing', async () => {
    const user_id = bench.unusedKey();
    const write: Write = { kind: 'put', table: USERS, item: { user_id } };
    await expect(bench.store.transact([write], bench.unusedKey())).rejects.toMatchObject({
      name: 'StorageError',
      kind: 'unsupported',
    });
    expect(await bench.store.table(USERS).get({ user_id })).toBeUndefined();
  });
}
