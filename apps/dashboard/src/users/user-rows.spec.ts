import { describe, expect, it } from '@jest/globals';
import { everyDayOf } from './every-day.js';
import { sorted, type UserRow } from './user-rows.js';

const row = (user: string, cost_usd: number | null, requests = 1): UserRow => ({
  user,
  requests,
  fallbackRequests: 0,
  input_tokens: 0,
  output_tokens: 0,
  all_tokens: 0,
  total_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cost_usd,
  unpriced_requests: cost_usd === null ? requests : 0,
});

describe('sorted', () => {
  const rows = [row('b', 1), row('a', null), row('c', 2)];

  it.each([
    [true, ['c', 'b', 'a']],
    [false, ['b', 'c', 'a']],
  ])('puts an unknown cost last (descending: %s)', (isDescending, users) => {
    expect(sorted(rows, { key: 'cost_usd', isDescending }).map(({ user }) => user)).toEqual(users);
  });

  it('sorts names as people do', () => {
    expect(sorted([row('b', 0), row('A', 0)], { key: 'user', isDescending: false })[0]!.user).toBe('A');
  });
});

describe('everyDayOf', () => {
  it('fills the days on which nothing was', () => {
    expect(everyDayOf(['2026-11-02', '2026-10-31'])).toEqual(['2026-10-31', '2026-11-01', '2026-11-02']);
    expect(everyDayOf([])).toEqual([]);
  });
});
