import { describe, expect, it } from '@jest/globals';
import { FirstUses } from './first-uses.js';

describe('first uses of a token', () => {
  it('keep their time until the token was unused for twenty minutes', () => {
    let ticks = 1_000;
    const uses = new FirstUses(
      () => 5_000_000 + ticks,
      () => ticks,
    );
    expect(uses.of('a')).toBe(5_001_000);
    expect(uses.of('b')).toBe(5_001_000);
    ticks += 1_199_999;
    expect(uses.of('a')).toBe(5_001_000);
    ticks += 1;
    expect(uses.of('b')).toBe(6_201_000);
    // The engine remembers a late write for ten more minutes, and only with the same bytes.
    ticks += 1_199_998;
    expect(uses.of('a')).toBe(5_001_000);
  });

  it('expire on time even if the clock is set back', () => {
    let ticks = 0;
    let nowMs = 9_000_000;
    const uses = new FirstUses(
      () => nowMs,
      () => ticks,
    );
    uses.of('a');
    nowMs = 1_000;
    ticks = 1_200_000;
    expect(uses.of('a')).toBe(1_000);
  });
});
