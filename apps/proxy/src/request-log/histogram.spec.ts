import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Histogram, stepOf } from './histogram.js';

const histogramOf = (durations: readonly number[]) => {
  const histogram = new Histogram();
  for (const duration of durations) histogram.add(stepOf(duration), 1);
  return histogram;
};
const exactly = (sorted: readonly number[], share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;

describe('a histogram', () => {
  it('has no percentiles without a duration', () => {
    expect(histogramOf([]).percentiles()).toBeNull();
  });

  it('is off by a seventh at most, for any durations', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 7_200_000 }), { minLength: 1, maxLength: 300 }), (durations) => {
        const sorted = durations.toSorted((a, b) => a - b);
        const { p50, p95, p99 } = histogramOf(durations).percentiles()!;
        for (const [share, found] of [
          [0.5, p50],
          [0.95, p95],
          [0.99, p99],
        ] as const) {
          // The rank may lie between two neighbors, which are as far apart as they like.
          const rank = share * (sorted.length - 1);
          const [low, high] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
          expect(found).toBeGreaterThanOrEqual(Math.floor(low / 1.126) - 1);
          expect(found).toBeLessThanOrEqual(Math.ceil(high * 1.126) + 1);
        }
      }),
    );
  });

  it('is off by two percent at most for durations that spread as those of requests do', () => {
    const bells = Array.from({ length: 40_000 }, (_, index) => {
      const share = (index + 0.5) / 40_000;
      return Math.round(300 + 2_500 * share ** 2.2);
    });
    const { p50, p95, p99 } = histogramOf(bells).percentiles()!;
    expect(Math.abs(p50 / exactly(bells, 0.5) - 1)).toBeLessThan(0.02);
    expect(Math.abs(p95 / exactly(bells, 0.95) - 1)).toBeLessThan(0.02);
    expect(Math.abs(p99 / exactly(bells, 0.99) - 1)).toBeLessThan(0.02);
    expect(p99).toBeGreaterThan(p95);
  });

  it('has no more than 168 steps, however long a request takes', () => {
    expect([0, 1, 7, 8, 9, 15, 16, 17, 18].map(stepOf)).toEqual([0, 1, 7, 8, 9, 15, 16, 16, 17]);
    expect(stepOf(Number.MAX_SAFE_INTEGER)).toBe(167);
  });

  it('counts negative values, fractions and what is not a number as the shortest duration', () => {
    expect([0, -5, 0.4, Number.NaN].map(stepOf)).toEqual([0, 0, 0, 0]);
  });

  it('adds up with the wider steps of earlier versions', () => {
    const histogram = new Histogram();
    // Version 0.1 counted 1,000 ms in step 31 (808 to 1,010 ms).
    histogram.addOld(31, 90);
    histogram.addOld(0, 5);
    for (let times = 0; times < 5; times += 1) histogram.add(stepOf(4_000), 1);
    const { p50, p95, p99 } = histogram.percentiles()!;
    expect(p50).toBeGreaterThan(808);
    expect(p50).toBeLessThan(1_010);
    expect(p95).toBeLessThanOrEqual(4_096);
    expect(p99).toBeGreaterThan(3_800);
  });
});
