import type { IndependentWrite, TableDefinition } from '@claude-proxy/storage';
import { describe, expect, it } from '@jest/globals';
import { PendingWrites } from './pending-writes.js';

const TABLE: TableDefinition = { name: 'counters', partitionKey: 'id' };
const counting = (id: string, n: number, set: Record<string, unknown> = {}): IndependentWrite => ({
  kind: 'increment',
  table: TABLE,
  key: { id },
  add: { n },
  set,
});
const putting = (id: string): IndependentWrite => ({ kind: 'put', table: TABLE, item: { id } });

describe('pending writes', () => {
  it('merge the increments of an item: sums, and the latest set values', () => {
    const pending = new PendingWrites();
    pending.add([counting('a', 1, { model: 'x', ttl: 1 }), counting('b', 5)]);
    pending.add([counting('a', 2, { model: 'y' })]);
    expect(pending.take(10)).toEqual([counting('a', 3, { model: 'y', ttl: 1 }), counting('b', 5)]);
    expect(pending.isEmpty).toBe(true);
  });

  it('return all puts at once, and a limited number of increments, oldest first', () => {
    const pending = new PendingWrites();
    pending.add([counting('a', 1), putting('x'), counting('b', 1), putting('y'), counting('c', 1)]);
    expect(pending.take(2)).toEqual([putting('x'), putting('y'), counting('a', 1), counting('b', 1)]);
    pending.add([counting('a', 1)]);
    expect(pending.take(2)).toEqual([counting('c', 1), counting('a', 1)]);
  });

  it('cap a sum that would not be exact, so that the rest of the item is still counted', () => {
    const pending = new PendingWrites();
    pending.add([counting('a', Number.MAX_SAFE_INTEGER)]);
    pending.add([counting('a', Number.MAX_SAFE_INTEGER)]);
    expect(pending.take(1)).toEqual([counting('a', Number.MAX_SAFE_INTEGER)]);
  });
});
