import type { TableDefinition, Write } from '@claude-proxy/storage';
import { describe, expect, it } from '@jest/globals';
import { Batch } from './batch.js';

const TABLE: TableDefinition = { name: 'counters', partitionKey: 'id' };
const plus = (id: string, add: Record<string, number>, set?: Record<string, unknown>): Write => ({
  kind: 'increment',
  table: TABLE,
  key: { id },
  add,
  ...(set ? { set } : {}),
});

describe('a batch', () => {
  it('adds up increments of one item and keeps the last value set', () => {
    const batch = new Batch();
    batch.add([plus('a', { n: 1 }, { model: 'x', day: 1 }), plus('b', { n: 5 })]);
    batch.add([plus('a', { n: 2, m: 3 }, { model: 'y' })]);
    expect(batch.writes).toEqual([plus('a', { n: 3, m: 3 }, { model: 'y', day: 1 }), plus('b', { n: 5 })]);
    expect(batch.exchanges).toBe(2);
  });

  it('keeps items of two tables apart', () => {
    const batch = new Batch();
    const other: Write = { kind: 'put', table: { name: 'lines', partitionKey: 'id' }, item: { id: 'a' } };
    batch.add([plus('a', { n: 1 }), other]);
    expect(batch.writes).toHaveLength(2);
  });

  it('leaves the increments it was given as they are', () => {
    const batch = new Batch();
    const first = plus('a', { n: 1 }, { model: 'x' });
    batch.add([first]);
    batch.add([plus('a', { n: 2 }, { model: 'y' })]);
    expect(first).toEqual(plus('a', { n: 1 }, { model: 'x' }));
  });

  it('is full after 25 exchanges', () => {
    const batch = new Batch();
    for (let index = 0; index < 24; index += 1) batch.add([plus('a', { n: 1 })]);
    expect(batch.isFull).toBe(false);
    batch.add([plus('a', { n: 1 })]);
    expect(batch.isFull).toBe(true);
  });

  it('has no room for what would make a transaction too large', () => {
    const batch = new Batch();
    for (let index = 0; index < 24; index += 1)
      batch.add([plus(`${index}`, { n: 1 }), plus(`x${index}`, { n: 1 }), plus(`y${index}`, { n: 1 })]);
    expect(batch.isFull).toBe(false);
    const writes = Array.from({ length: 29 }, (_, index) => plus(`z${index}`, { n: 1 }));
    expect(batch.hasRoomFor(writes)).toBe(false);
    expect(batch.hasRoomFor(writes.slice(1))).toBe(true);
  });
});
