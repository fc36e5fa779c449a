import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Histogram, stepOf } from './histogram.js';

const histogramOf = (durations: readonly number[]) => {
  const histogram = new Histogram();
  for (const duration of durations) histogram.add(stepOf(duration), 1);
  return histogram;
};

describe('a histogram', () => {
  it('has no percentiles without a duration', () => {
    expect(histogramOf([]).percentiles()).toBeNull();
  });

  it('is off by an eighth at most', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 3_600_000 }), { minLength: 1, maxLength: 300 }), (durations) => {
        const sorted = durations.toSorted((a, b) => a - b);
        const { p50, p95, p99 } = histogramOf(durations).percentiles()!;
        for (const [share, found] of [
          [0.5, p50],
          [0.95, p95],
          [0.99, p99],
        ] as const) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1]!;
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact / 8 + 1);
        }
      }),
    );
  });

  it('counts zero, negative values and fractions as the shortest duration', () => {
    expect([0, -5, 0.2, 1].map(stepOf)).toEqual([0, 0, 0, 0]);
  });
});
