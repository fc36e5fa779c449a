import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Item, SqliteTableStore, StorageError, type Table } from '@claude-proxy/storage';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LEASE_SECONDS, SharedCounter } from './shared-counter.js';

const DEFINITION = { name: 'access', partitionKey: 'partition', sortKey: 'sort' };

const directory = mkdtempSync(join(tmpdir(), 'claude-proxy-counter-'));
const store = SqliteTableStore.open({ directory });
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

let key: { partition: string; sort: string };
let nowSeconds: number;
let lost: string[];
let fault: 'none' | 'unconfirmed' | 'unwritten';
let counters = 0;
beforeEach(() => {
  counters += 1;
  key = { partition: `budget#${counters}`, sort: 'day' };
  nowSeconds = 1_000;
  lost = [];
  fault = 'none';
});

/** Increments are applied without a confirmation, or not at all. */
function faultyTable(): Table {
  const table = store.table(DEFINITION);
  const increment: Table['increment'] = async (...change) => {
    if (fault !== 'unwritten') await table.increment(...change);
    if (fault !== 'none') throw new StorageError('unreachable', 'no confirmation');
  };
  return new Proxy(table, {
    get: (target, name) => (name === 'increment' ? increment : Reflect.get(target, name).bind(target)),
  });
}

const counterOf = (task: string) =>
  new SharedCounter({
    table: faultyTable,
    key,
    task,
    expiresAt: 9_999_999_999,
    patienceMs: 1_000,
    nowSeconds: () => nowSeconds,
    onLost: () => lost.push(task),
  });
const item = async (): Promise<Item> => (await store.table(DEFINITION).get(key))!;
const apply = ({ add, set }: { add: Readonly<Record<string, number>>; set: Readonly<Record<string, unknown>> }) =>
  store.table(DEFINITION).increment(key, { add, set });

describe('a shared counter', () => {
  it('leases up to its ceiling', async () => {
    const [a, b] = [counterOf('a'), counterOf('b')];
    expect([await a.acquire(60, 100), await b.acquire(60, 100), await b.acquire(40, 100)]).toEqual([true, false, true]);
    expect(await a.read()).toEqual({ committed: 100, spent: 0, othersHold: 40 });
    await b.release(40);
    expect(await a.read()).toEqual({ committed: 60, spent: 0, othersHold: 0 });
  });

  it('knows what it has settled before the recorder has written it, and counts it once', async () => {
    const [a, b] = [counterOf('a'), counterOf('b')];
    await a.acquire(60, 100);
    a.settle(90, 60);
    const change = a.takeChange();
    expect(await a.read()).toEqual({ committed: 90, spent: 90, othersHold: 0 });
    expect(await a.acquire(20, 100)).toBe(false);
    await apply(change);
    expect(await b.read()).toEqual({ committed: 90, spent: 90, othersHold: 0 });
    expect(await a.read()).toEqual({ committed: 90, spent: 90, othersHold: 0 });
    expect(await a.acquire(10, 100)).toBe(true);
  });

  it('counts a lease once if its confirmation was lost', async () => {
    const a = counterOf('a');
    fault = 'unconfirmed';
    expect(await a.acquire(60, 100)).toBe(true);
    fault = 'none';
    expect([await item(), lost]).toMatchObject([{ committed: 60, 'held#a': 60 }, []]);
  });

  it('leaves a lease behind whose outcome is unknown, and goes on under a new name', async () => {
    const a = counterOf('a');
    await a.acquire(10, 100);
    fault = 'unwritten';
    await expect(a.acquire(60, 100)).rejects.toThrow('no confirmation');
    fault = 'none';
    expect(lost).toEqual(['a']);
    expect(await a.acquire(20, 100)).toBe(true);
    expect(await item()).toMatchObject({ committed: 30, 'held#a': 10, 'held#a.1': 20 });
    nowSeconds += LEASE_SECONDS;
    await a.beat();
    expect(await a.read()).toEqual({ committed: 20, spent: 0, othersHold: 0 });
  });

  it('ends the lease of a task that is gone, once, and not that of a task that has written lately', async () => {
    const [a, b, c] = [counterOf('a'), counterOf('b'), counterOf('c')];
    await a.acquire(50, 100);
    await b.acquire(30, 100);
    nowSeconds += LEASE_SECONDS - 1;
    await b.beat();
    expect(await c.read()).toMatchObject({ committed: 80, othersHold: 80 });
    nowSeconds += 1;
    await Promise.all([c.read(), c.read(), b.read()]);
    expect(await item()).toMatchObject({ committed: 30, 'held#a': 0, 'held#b': 30 });
  });

  it('is right again when records of a task arrive after its lease was ended', async () => {
    const [a, b] = [counterOf('a'), counterOf('b')];
    await a.acquire(50, 100);
    a.settle(40, 40);
    const late = a.takeChange();
    nowSeconds += LEASE_SECONDS;
    await b.read();
    await apply(late);
    nowSeconds += 2 * LEASE_SECONDS;
    await b.read();
    expect(await item()).toMatchObject({ committed: 40, spent: 40 });
  });
});
