import { describe, expect, it } from '@jest/globals';
import { MovePace } from './move-pace.js';

describe('the pace of moves', () => {
  it('lets one arrive at once and four a second in the first five seconds, and 200 within ten', () => {
    const pace = new MovePace();
    const arrivals = Array.from({ length: 200 }, () => pace.take('b', 1_000) - 1_000);
    for (let second = 0; second < 5; second += 0.25) {
      const arrived = arrivals.filter((ms) => ms <= second * 1_000).length;
      expect(arrived).toBeLessThanOrEqual(1 + 4 * second);
    }
    expect(arrivals.filter((ms) => ms <= 10_000)).toHaveLength(200);
  });

  it('begins anew after half a minute without a move, and counts each organization alone', () => {
    const pace = new MovePace();
    expect([pace.take('b', 0), pace.take('b', 0), pace.take('c', 0)]).toEqual([0, 275, 0]);
    expect(pace.take('b', 40_000)).toBe(40_000);
  });
});
