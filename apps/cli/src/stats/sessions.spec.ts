import type { RequestLine } from '@claude-proxy/admin-api';
import { describe, expect, it } from '@jest/globals';
import { sessionRows } from './sessions.js';

const lineOf = (session: string | null, more: Partial<RequestLine> = {}) =>
  ({
    session,
    user: 'alice',
    started_at: 1_000,
    outcome: 'completed',
    input_tokens: 10,
    output_tokens: 5,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 30,
    cost_usd: 0.5,
    cache_break: null,
    ...more,
  }) as RequestLine;

describe('sessionRows', () => {
  it('adds up the requests of a session, last used first, and leaves out those without one', () => {
    const rows = sessionRows([
      lineOf('a'),
      lineOf('b', { started_at: 3_000, cost_usd: null, outcome: 'refused' }),
      lineOf('a', { started_at: 2_000, cache_break: 'tools' }),
      lineOf(null),
    ]);
    expect(rows).toMatchObject([
      { name: 'b', requests: 1, errors: 1, cost_usd: 0 },
      { name: 'a', requests: 2, tokens: 90, cost_usd: 1, cache_breaks: 1, first_at: 1_000, last_at: 2_000 },
    ]);
    expect(rows[1]!.cache_hit_share).toBeCloseTo(0.75);
    expect(sessionRows([])).toEqual([]);
  });
});
