import type { Analytics } from '@claude-proxy/admin-api';
import { describe, expect, it } from '@jest/globals';
import { overviewQuestionOf, questionBefore, rangeOf } from './overview-question.js';

const of = (query: string) => overviewQuestionOf(new URLSearchParams(query));

describe('overviewQuestionOf', () => {
  it.each([
    ['', { range: '24h', by_user: true }],
    ['range=7d&model=*opus*', { range: '7d', model: '*opus*', by_user: true }],
    ['range=7d&since=2026-11-20T10:00:00.000Z', { since: '2026-11-20T10:00:00.000Z', by_user: true }],
    [
      'since=2026-11-20&until=2026-11-21&user=!ci&open=exc_1',
      { since: '2026-11-20', until: '2026-11-21', user: '!ci', by_user: true },
    ],
    ['range=2y', { range: '24h', by_user: true }],
  ])('reads %j', (query, question) => {
    expect(of(query).question).toEqual(question);
  });

  it('asks less often where lines have to be read', () => {
    expect(of('range=1h').everySeconds).toBeLessThan(of('range=1h&user=ann').everySeconds);
  });

  it('has a custom range where a beginning is given', () => {
    expect(rangeOf(new URLSearchParams('since=2026-11-20'))).toBe('custom');
  });
});

describe('questionBefore', () => {
  it('is the time before, of the same length', () => {
    const until = Date.now();
    const answer = { since: until - 1_000, until } as Analytics;
    expect(questionBefore(answer, { user: 'ann' })).toEqual({
      user: 'ann',
      since: until - 2_000,
      until: until - 1_000,
    });
  });

  it('does not exist where figures do not reach', () => {
    const answer = { since: Date.now() - 80 * 86_400_000, until: Date.now() } as Analytics;
    expect(questionBefore(answer, {})).toBeUndefined();
  });
});
