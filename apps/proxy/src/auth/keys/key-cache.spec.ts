import { beforeEach, describe, expect, it } from '@jest/globals';
import { CacheOutageError, KeyCache } from './key-cache.js';

const OPTIONS = { foundMs: 30_000, missingMs: 5_000, outageMs: 600_000, patienceMs: 20, maxEntries: 3 };

let nowMs: number;
let reads: string[];
let stored: Map<string, string>;
let answer: (id: string) => Promise<string | undefined>;
let cache: KeyCache<string>;
beforeEach(() => {
  nowMs = 0;
  reads = [];
  stored = new Map([['a', 'first']]);
  answer = async (id) => stored.get(id);
  const read = (id: string) => {
    reads.push(id);
    return answer(id);
  };
  cache = new KeyCache(read, { ...OPTIONS, now: () => nowMs });
});
const get = async (id: string) => (cache.peek(id) ?? (await cache.load(id))).value;
const away = () => Promise.reject(new Error('away'));

describe('the cache of keys', () => {
  it('reads a found value once in 30 seconds', async () => {
    expect([await get('a'), await get('a')]).toEqual(['first', 'first']);
    nowMs = 29_999;
    expect(cache.peek('a')).toMatchObject({ value: 'first' });
    nowMs = 30_000;
    expect(cache.peek('a')).toBeUndefined();
    expect(reads).toEqual(['a']);
  });

  it('reads a missing value once in 5 seconds, whatever else changes', async () => {
    await get('none');
    cache.expire();
    nowMs = 4_999;
    expect(await get('none')).toBeUndefined();
    expect(reads).toEqual(['none']);
    nowMs = 5_000;
    await get('none');
    expect(reads).toEqual(['none', 'none']);
  });

  it('reads once for a thousand requests at the same time', async () => {
    await Promise.all(Array.from({ length: 1_000 }, () => get('a')));
    expect(reads).toEqual(['a']);
  });

  it('reads again after a change', async () => {
    await get('a');
    stored.set('a', 'second');
    cache.expire();
    expect(await get('a')).toBe('second');
  });

  it('does not use a read that began before a change', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    answer = () => promise;
    const early = get('a');
    cache.expire();
    answer = async () => 'revoked';
    const late = await get('a');
    resolve('active');
    expect([await early, late, await get('a')]).toEqual(['active', 'revoked', 'revoked']);
  });

  it('uses a known value for its time and 10 minutes more while the store is unreachable', async () => {
    await get('a');
    answer = away;
    nowMs = 629_999;
    expect(await get('a')).toBe('first');
    nowMs = 630_001;
    await expect(get('a')).rejects.toBeInstanceOf(CacheOutageError);
  });

  it('fails for other values while the store is unreachable, and remembers nothing of it', async () => {
    answer = away;
    await expect(get('b')).rejects.toBeInstanceOf(CacheOutageError);
    answer = async () => 'late';
    expect(await get('b')).toBe('late');
  });

  it('waits a bounded time for a store that does not answer', async () => {
    await get('a');
    answer = () => new Promise(() => {});
    cache.expire();
    expect(await get('a')).toBe('first');
    await expect(get('b')).rejects.toBeInstanceOf(CacheOutageError);
  });

  it('keeps a bounded number of values', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await get(id);
    expect(cache.size).toBe(3);
  });
});
