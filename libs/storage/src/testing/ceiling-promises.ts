import { describe, expect, it } from '@jest/globals';
import { type Bench, USERS } from './contract.js';

const CONDITION_FAILED = { name: 'ConditionFailedError' };

/** Increments with a condition: a counter that many writers share, with a ceiling. */
export function promiseCeilings(bench: Bench): void {
  const users = () => bench.store.table(USERS);
  describe('increments with a condition', () => {
    it('never pass a ceiling, whatever number of writers race', async () => {
      const user_id = bench.unusedKey();
      const tries = Array.from({ length: 100 }, () =>
        users().increment({ user_id }, { add: { count: 3 } }, { attribute: 'count', atMost: 47 }),
      );
      const results = await Promise.allSettled(tries);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(16);
      expect(await users().get({ user_id })).toEqual({ user_id, count: 48 });
    });

    it('count from zero in a missing or expired item', async () => {
      const user_id = bench.unusedKey();
      await users().put({ user_id, count: 99, ttl: bench.nowSeconds() - 1 });
      await users().increment({ user_id }, { add: { count: 5 } }, { attribute: 'count', atMost: 0 });
      expect(await users().get({ user_id })).toEqual({ user_id, count: 5 });
    });

    it('apply once for an equal value, and never to a missing item', async () => {
      const user_id = bench.unusedKey();
      const condition = { attribute: 'held', equals: 4 };
      const release = () => users().increment({ user_id }, { add: { held: -4 } }, condition);
      await expect(release()).rejects.toMatchObject({ ...CONDITION_FAILED, table: USERS.name, key: { user_id } });
      await users().increment({ user_id }, { add: { held: 4 } });
      const results = await Promise.allSettled([release(), release(), release()]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await users().get({ user_id })).toEqual({ user_id, held: 0 });
    });
  });
}
