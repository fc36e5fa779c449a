import { describe, expect, it } from '@jest/globals';
import { createFormat, utcOf } from './create-format.js';

const en = createFormat('en-US');

describe('createFormat', () => {
  it.each([
    [0, '0ms'],
    [840.4, '840ms'],
    [1_234, '1.2s'],
    [65_000, '1m 5s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(en.milliseconds(ms)).toBe(text);
  });

  it.each([
    [40, '40s'],
    [120, '2m'],
    [3_725, '1h 2m'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(en.span(seconds)).toBe(text);
  });

  it('shows small sums with the digits that matter, and large ones without', () => {
    expect([0, 0.00001, 0.0042, 12.5, 12_345.6].map((sum) => en.usd(sum))).toEqual([
      '$0.00',
      '<$0.0001',
      '$0.0042',
      '$12.50',
      '$12,346',
    ]);
  });

  it('does not round a small share to nothing', () => {
    expect([0, 0.004, 0.34, 1].map((share) => en.percent(share))).toEqual(['0%', '0.4%', '34%', '100%']);
  });

  it('keeps small counts exact', () => {
    expect([999, 9_999, 12_345].map((count) => en.compact(count))).toEqual(['999', '9,999', '12.3K']);
  });

  it('does not let a zone move a day', () => {
    expect(en.day('2026-11-21')).toContain('Nov 21');
  });

  it('writes times in the zone of the settings, and names it', () => {
    const time = Date.UTC(2026, 10, 27, 3, 0);
    const west = createFormat('en-US', 'America/Los_Angeles');
    expect(west.dateTime(time)).toMatch(/^Nov 26, 2026, 7:00:00\sPM$/);
    expect(west.zone).toBe('America/Los_Angeles, UTC-8');
    expect(createFormat('en-GB', 'UTC').clock(time)).toBe('03:00:00');
    expect(createFormat('en-US', 'UTC').zone).toBe('UTC');
  });

  it('names the date on an axis of hours at midnight only', () => {
    const seoul = createFormat('en-GB', 'Asia/Seoul');
    const midnight = Date.UTC(2026, 10, 26, 15, 0);
    expect([midnight, midnight + 3_600_000].map((time) => seoul.axis(time, 3_600))).toEqual(['27 Nov', '01:00']);
    expect(seoul.axis(midnight, 86_400)).toBe('27 Nov');
  });

  it('counts in Korean units', () => {
    expect(createFormat('ko').compact(94_728_000)).toBe('9472.8만');
  });
});

describe('utcOf', () => {
  it('is what logs have', () => {
    expect(utcOf(Date.UTC(2026, 10, 21, 9, 5, 7, 123))).toBe('2026-11-21 09:05:07 UTC');
    expect(utcOf(Number.NaN)).toBe('');
  });
});
