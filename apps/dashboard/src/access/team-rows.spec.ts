import { describe, expect, it } from '@jest/globals';
import { lastMonths } from './last-months.js';
import { teamRowsOf } from './team-rows.js';

const line = (scope: string, usd: number) => ({ scope, usd, assumed_usd: 0, tokens: 10, requests: 1 });

describe('teams on the page', () => {
  it('have their part of the statement, the dearest first, and those that only keys name', () => {
    const teams = ['core', 'empty', 'apps'].map((name) => ({ name, users: ['alice'] }));
    const lines = [line('team:apps', 1), line('team:core', 5), line('team:old', 2), line('user:alice', 8)];
    const rows = teamRowsOf(teams, { month: '2026-11', lines });
    expect(rows.map(({ name, isKept, line: own }) => [name, isKept, own?.usd])).toEqual([
      ['core', true, 5],
      ['old', false, 2],
      ['apps', true, 1],
      ['empty', true, undefined],
    ]);
    expect(teamRowsOf([], undefined)).toEqual([]);
  });

  it('have statements of twelve months', () => {
    const months = lastMonths(Date.UTC(2026, 1, 28));
    expect([months.length, ...months.slice(0, 3), months.at(-1)]).toEqual([
      12,
      '2026-02',
      '2026-01',
      '2025-12',
      '2025-03',
    ]);
  });
});
