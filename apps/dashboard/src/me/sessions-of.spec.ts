import { describe, expect, it } from '@jest/globals';
import { detailWith } from '../requests/detail-for-specs.js';
import { sessionsOf } from './sessions-of.js';

const line = (session: string | null, started_at: number, cost_usd: number | null = 0.5) =>
  detailWith({ session, started_at, cost_usd });

describe('own sessions', () => {
  it('have their requests, cost and cache share, the latest first', () => {
    const sessions = sessionsOf([line('a', 1), line('b', 3), line(null, 9), line('a', 2, null)]);
    expect(sessions).toEqual([
      { id: 'b', requests: 1, costUsd: 0.5, cacheShare: 0.75, lastAt: 3 },
      { id: 'a', requests: 2, costUsd: 0.5, cacheShare: 0.75, lastAt: 2 },
    ]);
  });

  it('without input have no cache share', () => {
    const [session] = sessionsOf([detailWith({ session: 'a', input_tokens: 0, cache_read_input_tokens: 0 })]);
    expect(session!.cacheShare).toBeUndefined();
  });
});
