import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkedItem, checkedKey, checkedWrites } from './checked-writes.js';
import type { TableDefinition, Write } from './table.js';
import { storableJson } from './testing/storable-json.js';

const EVENTS: TableDefinition = { name: 'events', partitionKey: 'stream', sortKey: 'at' };
const INVALID = expect.objectContaining({ name: 'StorageError', kind: 'invalid' });

describe('a checked item', () => {
  it('is an equal, independent copy of any JSON value', () => {
    const values = fc.json({ maxDepth: 6 }).map(storableJson);
    fc.assert(
      fc.property(values, (value) => {
        const item = { stream: 'a', at: 'b', value };
        const copy = checkedItem(EVENTS, item);
        expect(copy).toEqual(item);
        expect(copy).not.toBe(item);
      }),
    );
  });

  it('keeps a member called __proto__ a member', () => {
    const item = JSON.parse('{"stream":"a","at":"b","map":{"__proto__":{"x":1}}}');
    expect(JSON.stringify(checkedItem(EVENTS, item))).toBe(JSON.stringify(item));
  });

  it('refuses maps that contain themselves, and names the place', () => {
    const item: Record<string, unknown> = { stream: 'a', at: 'b' };
    item.self = item;
    expect(() => checkedItem(EVENTS, item)).toThrow(/events\.self\.self.* nested too deeply/);
  });

  it.each([[1n], [Symbol('s')], [() => 1], [new Map()], [new Set()], [Buffer.from('a')], [[undefined]]])(
    'refuses %p',
    (value) => {
      expect(() => checkedItem(EVENTS, { stream: 'a', at: 'b', value })).toThrow(INVALID);
    },
  );
});

describe('a checked key', () => {
  it('has all key attributes and no others', () => {
    expect(checkedKey(EVENTS, { stream: 'a', at: 'b' })).toEqual({ stream: 'a', at: 'b' });
    expect(() => checkedKey(EVENTS, { stream: 'a' })).toThrow(INVALID);
    expect(() => checkedKey(EVENTS, { stream: 'a', at: 'b', more: 'c' })).toThrow(INVALID);
  });
});

describe('checked writes', () => {
  it('distinguish keys that are equal when joined', () => {
    const writes = [
      { stream: 'a,b', at: 'c' },
      { stream: 'a', at: 'b,c' },
    ].map((key): Write => ({ kind: 'delete', table: EVENTS, key }));
    expect(checkedWrites(writes, 'token')).toHaveLength(2);
  });

  it('recognize the same item in a put and an increment', () => {
    const key = { stream: 'a', at: 'b' };
    const writes: Write[] = [
      { kind: 'put', table: EVENTS, item: { at: 'b', stream: 'a' } },
      { kind: 'increment', table: EVENTS, key, add: { count: 1 } },
    ];
    expect(() => checkedWrites(writes, 'token')).toThrow(INVALID);
  });
});
