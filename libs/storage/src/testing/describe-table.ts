import { afterAll, beforeAll, describe } from '@jest/globals';
import type { TableStore } from '../table.js';
import { promiseCeilings } from './ceiling-promises.js';
import { type Bench, EVENTS, type TableContract, USERS } from './contract.js';
import { promiseIndependentWrites } from './each-promises.js';
import { promiseItems } from './item-promises.js';
import { promiseQueries } from './query-promises.js';
import { promiseTransactions, promiseUnsupportedTransactions } from './transaction-promises.js';

/**
 * The contract of all engines. A new engine is complete when this suite passes:
 * `describeTable('MyTableStore', (now) => MyTableStore.open({ now }))`.
 *
 * @param open opens a store that takes the time, epoch milliseconds, from `now`; the suite closes it
 */
export function describeTable(
  name: string,
  open: (now: () => number) => TableStore | Promise<TableStore>,
  { transactions = true, missingTables = 'refused' }: TableContract = {},
): void {
  describe(name, () => {
    let store: TableStore;
    // Always at or ahead of the real time, so that no engine deletes by its own clock items that are alive by ours.
    let nowMs = Date.now();
    let keys = 0;
    const run = nowMs.toString(36);
    const bench: Bench = {
      get store() {
        return store;
      },
      nowSeconds: () => Math.floor(nowMs / 1000),
      pass: (seconds) => {
        nowMs += seconds * 1000;
      },
      unusedKey: () => `${run}-${keys++}`,
    };

    beforeAll(async () => {
      store = await open(() => nowMs);
      await store.createTables([USERS, EVENTS]);
    });

    afterAll(() => store.close());

    promiseItems(bench, missingTables);
    promiseCeilings(bench);
    promiseQueries(bench);
    promiseIndependentWrites(bench, missingTables);
    if (transactions) promiseTransactions(bench);
    else promiseUnsupportedTransactions(bench);
  });
}
