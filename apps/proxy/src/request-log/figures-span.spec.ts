import { describe, expect, it } from '@jest/globals';
import { DAY_MS, MAX_SPAN_MS, spanBetween, spanOfRange } from './figures-span.js';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 27, 12, 34, 56);

describe('spanOfRange', () => {
  it.each([
    ['1h', 12],
    ['24h', 24],
    ['7d', 28],
    ['30d', 30],
  ] as const)('%s ends now and has %i buckets', (range, buckets) => {
    const { sinceMs, untilMs, bucketMs } = spanOfRange(range, NOW);
    expect(untilMs).toBe(NOW);
    expect(Math.floor((NOW - sinceMs) / bucketMs) + 1).toBe(buckets);
  });
});

describe('spanBetween', () => {
  const minutesOf = (hours: number, agoHours = hours) =>
    spanBetween(NOW - agoHours * HOUR_MS, NOW - (agoHours - hours) * HOUR_MS, NOW).bucketMs / 60_000;

  it.each([
    [1, 1, 5],
    [3, 3, 5],
    [1, 72, 60],
    [24, 24, 60],
    [96, 96, 360],
    [720, 720, 1_440],
  ])('of %i hours that began %i hours ago has buckets of %i minutes', (hours, ago, minutes) => {
    expect(minutesOf(hours, ago)).toBe(minutes);
  });

  it('is widened to whole buckets, and never into the future', () => {
    const { sinceMs, untilMs } = spanBetween(NOW - 20 * HOUR_MS, NOW - 10 * HOUR_MS, NOW);
    expect(new Date(sinceMs).toISOString()).toBe('2026-11-26T16:00:00.000Z');
    expect(new Date(untilMs).toISOString()).toBe('2026-11-27T03:00:00.000Z');
    expect(spanBetween(NOW - HOUR_MS, NOW + DAY_MS, NOW).untilMs).toBe(NOW);
  });

  it('is as long as figures are kept at most', () => {
    const { sinceMs, bucketMs } = spanBetween(0, NOW, NOW);
    expect(sinceMs).toBeGreaterThan(NOW - MAX_SPAN_MS - bucketMs);
  });
});
