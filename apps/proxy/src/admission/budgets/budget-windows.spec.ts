import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BudgetWindows, isTimeZone } from './budget-windows.js';

const idsAt = (zone: string, time: string) => {
  const { day, week, month } = new BudgetWindows(zone).at(Date.parse(time));
  return [day.id, week.id, month.id];
};
const ends = (zone: string, time: string) =>
  Object.values(new BudgetWindows(zone).at(Date.parse(time))).map(({ endsAt }) => new Date(endsAt).toISOString());

describe('the windows of a budget', () => {
  it('are the day, the week from Monday and the month of the zone', () => {
    expect(idsAt('UTC', '2026-11-27T08:00:00Z')).toEqual(['day#2026-11-27', 'week#2026-11-23', 'month#2026-11']);
    expect(idsAt('Asia/Seoul', '2026-11-30T15:00:00Z')).toEqual(['day#2026-12-01', 'week#2026-11-30', 'month#2026-12']);
    expect(idsAt('UTC', '2026-11-29T23:59:59Z')[1]).toBe('week#2026-11-23');
    expect(idsAt('UTC', '2027-01-01T00:00:00Z')).toEqual(['day#2027-01-01', 'week#2026-12-28', 'month#2027-01']);
  });

  it('end at midnight of the zone, also when clocks change', () => {
    expect(ends('America/New_York', '2026-11-01T05:00:00Z')).toEqual([
      '2026-11-02T05:00:00.000Z',
      '2026-11-02T05:00:00.000Z',
      '2026-12-01T05:00:00.000Z',
    ]);
    expect(ends('Europe/Berlin', '2026-03-29T00:30:00Z')[0]).toBe('2026-03-29T22:00:00.000Z');
    expect(ends('Asia/Kolkata', '2026-11-27T08:00:00Z')[0]).toBe('2026-11-27T18:30:00.000Z');
  });

  it('follow each other without a gap in any zone', () => {
    const zones = fc.constantFrom('UTC', 'America/St_Johns', 'Pacific/Apia', 'Africa/Cairo', 'America/Santiago');
    const moments = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(zones, moments, (zone, moment) => {
        const windows = new BudgetWindows(zone);
        for (const kind of ['day', 'week', 'month'] as const) {
          const { id, endsAt } = windows.at(moment)[kind];
          expect(endsAt).toBeGreaterThan(moment);
          expect(windows.at(endsAt - 1)[kind].id).toBe(id);
          expect(windows.at(endsAt)[kind].id).not.toBe(id);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('need a known zone', () => {
    expect([isTimeZone('Europe/Berlin'), isTimeZone('Mars/Base')]).toEqual([true, false]);
  });
});
