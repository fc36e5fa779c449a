import { describe, expect, it } from '@jest/globals';
import type { Item } from '../table.js';
import { type Bench, EVENTS, GHOSTS, type TableContract, USERS } from './contract.js';
import { nested, UNSTORABLE } from './each-promises.js';

const INVALID = { name: 'StorageError', kind: 'invalid' };
const CONDITION_FAILED = { name: 'ConditionFailedError' };

export function promiseItems(bench: Bench, missingTables: TableContract['missingTables']): void {
  const users = () => bench.store.table(USERS);
  describe('items', () => promiseRoundTrips(bench, users));
  describe('conditions', () => promiseConditions(bench, users));
  describe('increments', () => promiseIncrements(bench, users));
  describe('expiry', () => promiseExpiry(bench, users));
  describe('the engine', () => promiseEngine(bench, missingTables));
}

type Users = () => ReturnType<Bench['store']['table']>;

function promiseRoundTrips(bench: Bench, users: Users): void {
  it('returns exactly the item that was put', async () => {
    const item: Item = {
      user_id: `${bench.unusedKey()} Zoë 日本 👩‍💻`,
      text: 'line\nquote " backslash \\ null \u0000 emoji 🦜',
      empty: '',
      numbers: [0, -1, 0.1, 1e-7, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER],
      flags: [true, false, null],
      nested: { 'a key. with # signs': { deeper: [{ deepest: [] }, {}] } },
      ttl: bench.nowSeconds() + 60,
    };
    await users().put(item);
    expect(await users().get({ user_id: item.user_id as string })).toEqual(item);
  });

  it('returns undefined for an item that was never put', async () => {
    expect(await users().get({ user_id: bench.unusedKey() })).toBeUndefined();
  });

  it('returns many items at once, each once and without the missing and the expired ones', async () => {
    const keys = Array.from({ length: 120 }, () => ({ user_id: bench.unusedKey() }));
    const living = keys.map((key, index) => ({ ...key, index }));
    const expiring = { user_id: bench.unusedKey(), ttl: bench.nowSeconds() + 10 };
    await Promise.all([...living, expiring].map((item) => users().put(item)));
    bench.pass(11);
    const asked = [...keys, keys[0]!, { user_id: expiring.user_id }, { user_id: bench.unusedKey() }];
    const found = await users().getMany(asked);
    expect(found.toSorted((a, b) => Number(a.index) - Number(b.index))).toEqual(living);
    expect(await users().getMany([])).toEqual([]);
    await expect(users().getMany([{ user_id: '' }])).rejects.toMatchObject(INVALID);
  });

  it('replaces the whole item', async () => {
    const user_id = bench.unusedKey();
    await users().put({ user_id, old: 1 });
    await users().put({ user_id, new: 2 });
    expect(await users().get({ user_id })).toEqual({ user_id, new: 2 });
  });

  it('drops members that are undefined', async () => {
    const user_id = bench.unusedKey();
    await users().put({ user_id, gone: undefined, map: { gone: undefined, kept: 1 } });
    expect(await users().get({ user_id })).toEqual({ user_id, map: { kept: 1 } });
  });

  it('distinguishes keys that look alike', async () => {
    const keys = ['é', 'e\u0301', 'E', 'e', ' e', 'e\u0000', 'e\u0000e'].map((end) => `${bench.unusedKey()}${end}`);
    for (const user_id of keys) await users().put({ user_id, is: user_id });
    for (const user_id of keys) expect(await users().get({ user_id })).toEqual({ user_id, is: user_id });
  });

  it('deletes an item, also repeatedly', async () => {
    const user_id = bench.unusedKey();
    await users().put({ user_id });
    await users().delete({ user_id });
    await users().delete({ user_id });
    expect(await users().get({ user_id })).toBeUndefined();
  });

  it.each<[string, Item]>([
    ['an empty key', { user_id: '' }],
    ['a key that is not a string', { user_id: 7 }],
    ['a key that is not well-formed', { user_id: '\ud800' }],
    ['no key', { name: 'Zoë' }],
    ['NaN', { user_id: 'a', n: Number.NaN }],
    ['a number too large to be exact', { user_id: 'a', n: 2 ** 53 }],
    ['a date', { user_id: 'a', at: new Date(0) }],
    ['a ttl that is not a whole number', { user_id: 'a', ttl: '2030-01-01' }],
    ['more than 400 KB', { user_id: 'a', text: 'x'.repeat(401 * 1024) }],
  ])('refuses %s', async (_what, item) => {
    await expect(users().put(item)).rejects.toMatchObject(INVALID);
  });

  it.each(UNSTORABLE)('refuses an item with %s', async (_what, attributes) => {
    await expect(users().put({ user_id: 'a', ...attributes })).rejects.toMatchObject(INVALID);
  });

  it('stores 30 levels of maps', async () => {
    const item = { user_id: bench.unusedKey(), map: nested(29) };
    await users().put(item);
    expect(await users().get({ user_id: item.user_id })).toEqual(item);
  });

  it('replaces text without a UTF-8 form by U+FFFD', async () => {
    const user_id = bench.unusedKey();
    await users().put({ user_id, text: 'a\ud800b', list: ['\udfff'] });
    expect(await users().get({ user_id })).toEqual({ user_id, text: 'a\ufffdb', list: ['\ufffd'] });
  });

  it('stores attributes with any name at any level, and increments them', async () => {
    const names = [
      ' ',
      'a b',
      '#',
      ':v0',
      '$.a',
      '"',
      "'",
      '\\',
      '%',
      'select',
      'toString',
      'valueOf',
      'a.b',
      '👩‍💻',
      '\u0000',
      'x'.repeat(300),
    ];
    const attributes = Object.fromEntries(names.map((name, index) => [name, index]));
    const item = { user_id: bench.unusedKey(), ...attributes, map: attributes };
    await users().put(item);
    await users().increment({ user_id: item.user_id }, { add: attributes });
    const doubled = Object.fromEntries(names.map((name, index) => [name, 2 * index]));
    expect(await users().get({ user_id: item.user_id })).toEqual({ ...item, ...doubled });
  });

  it('stores an item of 300 KB', async () => {
    const item = { user_id: bench.unusedKey(), text: 'x'.repeat(300 * 1024) };
    await users().put(item);
    expect(await users().get({ user_id: item.user_id })).toEqual(item);
  });

  it('refuses a key with an attribute that the table does not have', async () => {
    await expect(users().get({ user_id: 'a', at: 'b' })).rejects.toMatchObject(INVALID);
  });
}

function promiseConditions(bench: Bench, users: Users): void {
  it('puts an absent item once', async () => {
    const user_id = bench.unusedKey();
    await users().put({ user_id, by: 'first' }, { absent: true });
    await expect(users().put({ user_id, by: 'second' }, { absent: true })).rejects.toMatchObject({
      ...CONDITION_FAILED,
      table: USERS.name,
      key: { user_id },
    });
    expect(await users().get({ user_id })).toEqual({ user_id, by: 'first' });
  });

  it('lets exactly one of many racing writers take a free place', async () => {
    const user_id = bench.unusedKey();
    const racers = Array.from({ length: 20 }, (_, by) => users().put({ user_id, by }, { absent: true }));
    const won = (await Promise.allSettled(racers)).filter(({ status }) => status === 'fulfilled');
    expect(won).toHaveLength(1);
  });

  it('replaces only the given revision', async () => {
    const user_id = bench.unusedKey();
    await users().put({ user_id, revision: 1 });
    await users().put({ user_id, revision: 2 }, { attribute: 'revision', equals: 1 });
    const stale = users().put({ user_id, revision: 2 }, { attribute: 'revision', equals: 1 });
    await expect(stale).rejects.toMatchObject(CONDITION_FAILED);
    const absent = users().put({ user_id: bench.unusedKey() }, { attribute: 'revision', equals: 1 });
    await expect(absent).rejects.toMatchObject(CONDITION_FAILED);
    expect(await users().get({ user_id })).toEqual({ user_id, revision: 2 });
  });

  it('deletes only the given revision', async () => {
    const user_id = bench.unusedKey();
    await users().put({ user_id, revision: 'b' });
    const stale = users().delete({ user_id }, { attribute: 'revision', equals: 'a' });
    await expect(stale).rejects.toMatchObject(CONDITION_FAILED);
    await users().delete({ user_id }, { attribute: 'revision', equals: 'b' });
    expect(await users().get({ user_id })).toBeUndefined();
  });
}

function promiseIncrements(bench: Bench, users: Users): void {
  it('counts 200 parallel increments exactly', async () => {
    const user_id = bench.unusedKey();
    await Promise.all(
      Array.from({ length: 200 }, () => users().increment({ user_id }, { add: { count: 1, tokens: 7 } })),
    );
    expect(await users().get({ user_id })).toEqual({ user_id, count: 200, tokens: 1400 });
  });

  it('creates the item with its whole key, and sets and adds in one step', async () => {
    const events = bench.store.table(EVENTS);
    const key = { stream: bench.unusedKey(), at: '1' };
    await events.increment(key, { add: { count: 2 }, set: { model: 'opus', scopes: { a: [1] } } });
    await events.increment(key, { add: { count: -5 }, set: { model: 'sonnet', gone: undefined } });
    expect(await events.get(key)).toEqual({ ...key, count: -3, model: 'sonnet', scopes: { a: [1] } });
  });

  it('does not change other attributes of the item', async () => {
    const user_id = bench.unusedKey();
    await users().put({ user_id, count: 1, name: 'Zoë' });
    await users().increment({ user_id }, { add: { count: 1 } });
    expect(await users().get({ user_id })).toEqual({ user_id, count: 2, name: 'Zoë' });
  });

  it('counts exactly up to 2^53 - 1', async () => {
    const user_id = bench.unusedKey();
    await users().increment({ user_id }, { add: { count: Number.MAX_SAFE_INTEGER - 1 } });
    await users().increment({ user_id }, { add: { count: 1 } });
    expect(await users().get({ user_id })).toEqual({ user_id, count: Number.MAX_SAFE_INTEGER });
  });

  it('refuses to add to an attribute that is not a number', async () => {
    const user_id = bench.unusedKey();
    await users().put({ user_id, name: 'Zoë' });
    await expect(users().increment({ user_id }, { add: { name: 1 } })).rejects.toMatchObject(INVALID);
  });

  it.each([
    ['a fraction', { add: { count: 0.5 } }],
    ['a change of the key', { add: {}, set: { user_id: 'b' } }],
    ['adding to and setting one attribute', { add: { count: 1 }, set: { count: 2 } }],
    ['no change at all', { add: {} }],
  ])('refuses %s', async (_what, change) => {
    await expect(users().increment({ user_id: 'a' }, change)).rejects.toMatchObject(INVALID);
  });
}

function promiseExpiry(bench: Bench, users: Users): void {
  const putBriefly = async (attributes: Item = {}) => {
    const user_id = bench.unusedKey();
    await users().put({ user_id, ttl: bench.nowSeconds() + 10, ...attributes });
    return user_id;
  };

  it('returns an item until its ttl has passed', async () => {
    const user_id = await putBriefly();
    bench.pass(9);
    expect(await users().get({ user_id })).toBeDefined();
    bench.pass(1);
    expect(await users().get({ user_id })).toBeUndefined();
  });

  it('puts an absent item over an expired one', async () => {
    const user_id = await putBriefly({ old: true });
    bench.pass(11);
    await users().put({ user_id, fresh: true }, { absent: true });
    expect(await users().get({ user_id })).toEqual({ user_id, fresh: true });
  });

  it('finds no revision in an expired item', async () => {
    const user_id = await putBriefly({ revision: 1 });
    bench.pass(11);
    const put = users().put({ user_id }, { attribute: 'revision', equals: 1 });
    await expect(put).rejects.toMatchObject(CONDITION_FAILED);
  });

  it('starts from zero on an expired item, also in parallel', async () => {
    const user_id = await putBriefly({ count: 1000, other: 'old' });
    bench.pass(11);
    const ttl = bench.nowSeconds() + 10;
    const change = { add: { count: 1 }, set: { ttl } };
    await Promise.all(Array.from({ length: 20 }, () => users().increment({ user_id }, change)));
    expect(await users().get({ user_id })).toEqual({ user_id, count: 20, ttl });
  });
}

function promiseEngine(bench: Bench, missingTables: TableContract['missingTables']): void {
  it('answers a check', async () => {
    await expect(bench.store.check()).resolves.toBeUndefined();
  });

  it('accepts the creation of existing tables', async () => {
    const user_id = bench.unusedKey();
    await bench.store.table(USERS).put({ user_id });
    await bench.store.createTables([USERS, EVENTS]);
    expect(await bench.store.table(USERS).get({ user_id })).toEqual({ user_id });
  });

  it('refuses a definition with invalid names', () => {
    const broken = { name: 'no" name', partitionKey: 'a' };
    expect(() => bench.store.table(broken)).toThrow(expect.objectContaining(INVALID));
  });

  if (missingTables === 'refused') {
    it('names a table that does not exist', async () => {
      const ghosts = bench.store.table(GHOSTS);
      const missing = { name: 'StorageError', kind: 'missing_table', message: expect.stringContaining(GHOSTS.name) };
      await expect(ghosts.get({ ghost_id: 'a' })).rejects.toMatchObject(missing);
      await expect(ghosts.increment({ ghost_id: 'a' }, { add: { n: 1 } })).rejects.toMatchObject(missing);
      await expect(bench.store.check()).rejects.toMatchObject(missing);
    });
  } else {
    it('creates a table that does not exist', async () => {
      expect(await bench.store.table(GHOSTS).get({ ghost_id: 'a' })).toBeUndefined();
    });
  }
}
