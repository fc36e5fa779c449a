import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SqliteTableStore, type TableDefinition } from '@claude-proxy/storage';
import { describeTable, storableJson } from '@claude-proxy/storage/testing';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

const COUNTERS: TableDefinition = { name: 'counters', partitionKey: 'id' };
const ROOT = mkdtempSync(join(tmpdir(), 'claude-proxy-storage-'));
const CHILD = fileURLToPath(new URL('./storage-sqlite.child.mjs', import.meta.url));

let directories = 0;
const newDirectory = () => join(ROOT, `${directories++}`, 'data');
const fileOf = (directory: string) => join(directory, 'claude-proxy.db');

afterAll(() => rmSync(ROOT, { recursive: true }));

describeTable('SqliteTableStore', (now) => SqliteTableStore.open({ directory: newDirectory(), now }), {
  missingTables: 'created',
});

describeTable('SqliteTableStore in memory', (now) => SqliteTableStore.open({ directory: ':memory:', now }), {
  missingTables: 'created',
});

describe('a SQLite file', () => {
  it('keeps items and used tokens over a restart', async () => {
    const directory = newDirectory();
    const countOnce = async () => {
      const store = SqliteTableStore.open({ directory });
      await store.transact([{ kind: 'increment', table: COUNTERS, key: { id: 'a' }, add: { count: 1 } }], 'flush-1');
      const item = await store.table(COUNTERS).get({ id: 'a' });
      await store.close();
      return item;
    };
    expect(await countOnce()).toEqual({ id: 'a', count: 1 });
    expect(await countOnce()).toEqual({ id: 'a', count: 1 });
  });

  it('returns any JSON value unchanged', async () => {
    const store = SqliteTableStore.open({ directory: newDirectory() });
    const items = fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.json({ stringUnit: 'binary' }));
    await fc.assert(
      fc.asyncProperty(items, async ([id, json]) => {
        const item = { id, value: storableJson(json) };
        await store.table(COUNTERS).put(item);
        expect(await store.table(COUNTERS).get({ id })).toEqual(item);
      }),
    );
    await store.close();
  });

  it('applies a token again when ten minutes have passed', async () => {
    let nowMs = Date.now();
    const store = SqliteTableStore.open({ directory: ':memory:', now: () => nowMs });
    const count = () =>
      store.transact([{ kind: 'increment', table: COUNTERS, key: { id: 'a' }, add: { count: 1 } }], 'flush-1');
    await count();
    nowMs += 10 * 60 * 1000;
    await count();
    expect(await store.table(COUNTERS).get({ id: 'a' })).toEqual({ id: 'a', count: 2 });
    await store.close();
  });

  it('counts exactly with two processes at once', async () => {
    const directory = newDirectory();
    const run = promisify(execFile);
    const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    const processes = [1, 2].map(() => run(process.execPath, [...flags, CHILD, directory, '2000']));
    const store = SqliteTableStore.open({ directory });
    await Promise.all(processes);
    expect(await store.table(COUNTERS).get({ id: 'shared' })).toEqual({ id: 'shared', count: 4000 });
    await store.close();
  });

  it('is readable by its owner only', async () => {
    const directory = newDirectory();
    const store = SqliteTableStore.open({ directory });
    await store.table(COUNTERS).put({ id: 'a' });
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const end of ['', '-wal', '-shm']) expect(statSync(fileOf(directory) + end).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it('deletes its expired rows when it is opened', async () => {
    const directory = newDirectory();
    const first = SqliteTableStore.open({ directory, now: () => 0 });
    await first.table(COUNTERS).put({ id: 'old', ttl: 10 });
    await first.table(COUNTERS).put({ id: 'kept' });
    await first.close();
    const second = SqliteTableStore.open({ directory });
    second.table(COUNTERS);
    await second.close();
    const file = new DatabaseSync(fileOf(directory));
    expect(file.prepare('SELECT partition FROM counters').all()).toEqual([
      expect.objectContaining({ partition: 'kept' }),
    ]);
    file.close();
  });

  it('finds earlier items through an index of a later version', async () => {
    const directory = newDirectory();
    const first = SqliteTableStore.open({ directory });
    await first.table(COUNTERS).put({ id: 'a', owner: 'zoe' });
    await first.close();
    const second = SqliteTableStore.open({ directory });
    const indexed = second.table({ ...COUNTERS, indexes: [{ name: 'by-owner', partitionKey: 'owner' }] });
    expect(await indexed.query({ index: 'by-owner', partition: 'zoe' })).toEqual({
      items: [{ id: 'a', owner: 'zoe' }],
    });
    await second.close();
  });
});

describe('a SQLite file that cannot be used', () => {
  it('is named if it is not a database', () => {
    const directory = newDirectory();
    SqliteTableStore.open({ directory }).close();
    writeFileSync(fileOf(directory), 'This is a letter to my aunt. '.repeat(500));
    expect(() => SqliteTableStore.open({ directory })).toThrow(
      expect.objectContaining({
        name: 'StorageError',
        kind: 'corrupt',
        message: expect.stringContaining(fileOf(directory)),
      }),
    );
  });

  it('is named if its pages were damaged', async () => {
    const directory = newDirectory();
    const store = SqliteTableStore.open({ directory });
    for (let id = 0; id < 200; id++) await store.table(COUNTERS).put({ id: `${id}`, text: 'x'.repeat(500) });
    await store.close();
    const bytes = readFileSync(fileOf(directory));
    writeFileSync(fileOf(directory), bytes.fill(0x55, 4096 * 2));
    const reading = async () => {
      const damaged = SqliteTableStore.open({ directory });
      try {
        for (let id = 0; id < 200; id++) await damaged.table(COUNTERS).get({ id: `${id}` });
      } finally {
        await damaged.close();
      }
    };
    await expect(reading()).rejects.toMatchObject({ name: 'StorageError', kind: 'corrupt' });
  });

  it('is named if its directory is not a directory', () => {
    const directory = newDirectory();
    SqliteTableStore.open({ directory }).close();
    const below = join(fileOf(directory), 'sub');
    expect(() => SqliteTableStore.open({ directory: below })).toThrow(
      expect.objectContaining({ name: 'StorageError', kind: 'denied', message: expect.stringContaining(below) }),
    );
  });

  it('is named if another process keeps it locked', async () => {
    const directory = newDirectory();
    const store = SqliteTableStore.open({ directory });
    await store.table(COUNTERS).put({ id: 'a' });
    const other = new DatabaseSync(fileOf(directory));
    other.exec('BEGIN IMMEDIATE');
    const begin = performance.now();
    await expect(store.table(COUNTERS).put({ id: 'b' })).rejects.toMatchObject({ kind: 'throttled' });
    // The wait blocks the process.
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(await store.table(COUNTERS).get({ id: 'a' })).toEqual({ id: 'a' });
    other.exec('ROLLBACK');
    other.close();
    await store.table(COUNTERS).put({ id: 'b' });
    await store.close();
  });

  it('refuses calls after it was closed', async () => {
    const store = SqliteTableStore.open({ directory: ':memory:' });
    const counters = store.table(COUNTERS);
    await store.close();
    await store.close();
    await expect(counters.get({ id: 'a' })).rejects.toMatchObject({ kind: 'closed' });
    await expect(counters.put({ id: 'a' })).rejects.toMatchObject({ kind: 'closed' });
  });
});
