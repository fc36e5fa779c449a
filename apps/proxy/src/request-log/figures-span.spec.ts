import { describe, expect, it } from '@jest/globals';
import { Zone } from '../recording/zone.js';
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

describe('buckets of a time zone', () => {
  const startsOf = (range: '7d' | '30d', zone: string, now: string) =>
    spanOfRange(range, Date.parse(now), new Zone(zone)).starts;

  it('begin at the midnights of the zone, and ranges have as many days as in UTC', () => {
    const starts = startsOf('30d', 'America/Los_Angeles', '2026-11-27T05:00:00Z');
    expect(starts).toHaveLength(30);
    // Now it is still the 26th there. Summer time ended on the 1st.
    expect(new Date(starts[0]!).toISOString()).toBe('2026-10-28T07:00:00.000Z');
    expect(new Date(starts.at(-1)!).toISOString()).toBe('2026-11-26T08:00:00.000Z');
  });

  it('are 23 or 25 hours long where the clocks change', () => {
    const starts = startsOf('30d', 'Europe/Berlin', '2026-11-10T12:00:00Z');
    const hours = starts.slice(1).map((start, index) => (start - starts[index]!) / HOUR_MS);
    expect(hours.filter((length) => length !== 24)).toEqual([25]);
    expect(startsOf('7d', 'Europe/Berlin', '2026-11-20T23:30:00Z')).toHaveLength(28);
  });

  it('hold for any time', () => {
    const { sinceMs, untilMs, starts } = spanBetween(NOW - 20 * DAY_MS, NOW - 2 * DAY_MS, NOW, new Zone('Asia/Seoul'));
    expect(new Date(sinceMs).toISOString()).toBe('2026-11-06T15:00:00.000Z');
    expect(new Date(untilMs).toISOString()).toBe('2026-11-25T15:00:00.000Z');
    expect(starts).toHaveLength(19);
  });
});
