import { describe, expect, it } from '@jest/globals';
import { FirstUses } from './first-uses.js';

describe('first uses of a token', () => {
  it('keep their time for ten minutes, however often the token comes back', () => {
    let nowMs = 1_000;
    const uses = new FirstUses(() => nowMs);
    expect(uses.of('a')).toBe(1_000);
    nowMs += 599_999;
    expect(uses.of('a')).toBe(1_000);
    expect(uses.of('b')).toBe(600_999);
    nowMs += 1;
    expect(uses.of('a')).toBe(601_000);
    expect(uses.of('b')).toBe(600_999);
  });
});
