import { describe, expect, it } from '@jest/globals';
import { type DayCost, forecastOf } from './forecast.js';

const DAY_MS = 86_400_000;

/** Days up to `last`, each with the cost of its weekday. */
function daysUpTo(last: string, count: number, costOf: (weekday: number) => number): DayCost[] {
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(Date.parse(`${last}T00:00:00Z`) - (count - 1 - index) * DAY_MS);
    return { day: time.toISOString().slice(0, 10), cost: costOf(time.getUTCDay()) };
  });
}

const ofWeekdays = (weekday: number) => (weekday === 0 || weekday === 6 ? 0 : 10);

describe('forecastOf', () => {
  it('expects of each remaining day what such a weekday has cost', () => {
    // November 2026 has 21 weekdays.
    expect(forecastOf(daysUpTo('2026-11-16', 40, ofWeekdays), '2026-11-16')).toBe(210);
  });

  it('takes a day so far as it is where it has cost more than expected', () => {
    const days = [...daysUpTo('2026-11-29', 40, ofWeekdays), { day: '2026-11-30', cost: 25 }];
    expect(forecastOf(days, '2026-11-30')).toBe(20 * 10 + 25);
  });

  it('on the first day of a month, has only the weeks before', () => {
    expect(forecastOf(daysUpTo('2026-12-01', 40, ofWeekdays), '2026-12-01')).toBe(230);
  });

  it('says nothing before three whole days', () => {
    expect(forecastOf(daysUpTo('2026-11-16', 3, ofWeekdays), '2026-11-16')).toBeUndefined();
    expect(forecastOf([], '2026-11-16')).toBeUndefined();
  });

  it('uses the average for a weekday that it has not seen', () => {
    const days = daysUpTo('2026-11-28', 4, () => 6);
    expect(forecastOf(days, '2026-11-28')).toBe(4 * 6 + 2 * 6);
  });
});
