import { describe, expect, it } from '@jest/globals';
import { localOf, utcOfLocal } from './local-time.js';

describe('localOf and utcOfLocal', () => {
  it.each([
    ['UTC', '2026-11-27T15:04:00.000Z', '2026-11-27T15:04'],
    ['Asia/Seoul', '2026-11-27T15:04:00.000Z', '2026-11-28T00:04'],
    ['America/New_York', '2026-03-08T06:59:00.000Z', '2026-03-08T01:59'],
    ['America/New_York', '2026-03-08T07:00:00.000Z', '2026-03-08T03:00'],
    ['America/New_York', '2026-11-01T07:30:00.000Z', '2026-11-01T02:30'],
    ['Asia/Kathmandu', '2026-11-27T15:04:00.000Z', '2026-11-27T20:49'],
  ])('convert between UTC and %s: %s is %s', (zone, moment, local) => {
    expect(localOf(moment, zone)).toBe(local);
    expect(utcOfLocal(local, zone)).toBe(moment);
  });

  it('are empty for what is not a moment', () => {
    expect([localOf(undefined, 'UTC'), localOf('soon', 'UTC'), utcOfLocal('', 'UTC')]).toEqual(['', '', '']);
  });
});
