import { describe, expect, it } from '@jest/globals';
import { Zone } from './zone.js';

const HOUR_MS = 3_600_000;
const hoursOf = (zone: string, day: string, next: string) => {
  const { startOf } = { startOf: (each: string) => new Zone(zone).startOf(each) };
  return (startOf(next) - startOf(day)) / HOUR_MS;
};

describe('a time zone', () => {
  it.each([
    ['UTC', '2026-11-27', '2026-11-27T00:00:00.000Z'],
    ['Asia/Seoul', '2026-11-27', '2026-11-26T15:00:00.000Z'],
    ['America/Los_Angeles', '2026-11-27', '2026-11-27T08:00:00.000Z'],
    ['Asia/Kathmandu', '2026-11-27', '2026-11-26T18:15:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-27', '2026-11-26T10:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-11-27', '2026-11-27T11:00:00.000Z'],
  ])('%s begins %s at %s', (zone, day, start) => {
    expect(new Date(new Zone(zone).startOf(day)).toISOString()).toBe(start);
  });

  it('has days of 23 and 25 hours where the clocks change', () => {
    expect(hoursOf('Europe/Berlin', '2026-03-29', '2026-03-30')).toBe(23);
    expect(hoursOf('Europe/Berlin', '2026-10-25', '2026-10-26')).toBe(25);
    expect(hoursOf('America/Los_Angeles', '2026-03-08', '2026-03-09')).toBe(23);
    expect(hoursOf('America/Los_Angeles', '2026-11-01', '2026-11-02')).toBe(25);
  });

  it('begins a day without a midnight at its first minute', () => {
    // Beirut changes its clocks from 0:00 to 1:00.
    const start = new Zone('Asia/Beirut').startOf('2026-03-29');
    expect(new Date(start).toISOString()).toBe('2026-03-28T22:00:00.000Z');
  });

  it('lists the last days, also over a change of the clocks', () => {
    const zone = new Zone('America/Los_Angeles');
    expect(zone.lastDays(3, Date.parse('2026-11-02T07:30:00Z'))).toEqual(['2026-10-30', '2026-10-31', '2026-11-01']);
  });

  it('is not accepted under an unknown name', () => {
    expect(() => new Zone('Mars/Olympus')).toThrow(RangeError);
  });
});
