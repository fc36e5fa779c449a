import { describe, expect, it } from '@jest/globals';
import { AccountSessions } from './account-sessions.js';

const HOUR_MS = 60 * 60_000;
const MINUTE_MS = 60_000;
const home = (accountId: string, organization = accountId) => ({
  accountId,
  organization,
  isEscape: false,
  isSameWorkspace: false,
});

describe('the sessions of the pool', () => {
  it('live as long as their prompt cache: five minutes after the last use, or an hour', () => {
    const sessions = new AccountSessions(5 * HOUR_MS);
    sessions.bind('s', home('a'), 0);
    sessions.warmed('s', 'opus', { tokens: 1_000, ttl: '5m' }, MINUTE_MS);
    expect(sessions.find('s', 6 * MINUTE_MS - 1)?.accountId).toBe('a');
    expect(sessions.find('s', 6 * MINUTE_MS)).toBeUndefined();
    sessions.bind('t', home('a'), 0);
    sessions.warmed('t', 'opus', { tokens: 1_000, ttl: '1h' }, 0);
    expect(sessions.find('t', HOUR_MS - 1)).toBeDefined();
    expect(sessions.find('t', HOUR_MS)).toBeUndefined();
  });

  it('live no longer than SESSION_TIMEOUT', () => {
    const sessions = new AccountSessions(10_000);
    sessions.bind('s', home('a'), 0);
    sessions.warmed('s', 'opus', { tokens: 1_000, ttl: '1h' }, 0);
    expect(sessions.find('s', 10_000)).toBeUndefined();
  });

  it('know what is cached, per model, and lose it with the workspace', () => {
    const sessions = new AccountSessions(5 * HOUR_MS);
    sessions.bind('s', home('a'), 0);
    sessions.warmed('s', 'opus', { tokens: 1_000, ttl: '5m' }, 0);
    expect(sessions.warmPrefix('s', 'opus', 1)?.tokens).toBe(1_000);
    expect(sessions.warmPrefix('s', 'haiku', 1)).toBeUndefined();
    sessions.bind('s', { ...home('a2', 'a'), isSameWorkspace: true }, 2);
    expect(sessions.warmPrefix('s', 'opus', 3)?.tokens).toBe(1_000);
    sessions.bind('s', home('b'), 4);
    expect(sessions.warmPrefix('s', 'opus', 5)).toBeUndefined();
  });

  it('are counted per organization, exactly', () => {
    const sessions = new AccountSessions(5 * HOUR_MS);
    for (const key of ['s', 't', 'u']) sessions.bind(key, home('a'), 0);
    sessions.bind('u', home('b'), 1);
    expect([sessions.liveOn('a'), sessions.liveOn('b')]).toEqual([2, 1]);
    sessions.sweep(HOUR_MS);
    expect([sessions.liveOn('a'), sessions.liveOn('b'), sessions.size]).toEqual([0, 0, 0]);
  });

  it('are at most 10,000: the longest unused is forgotten', () => {
    const sessions = new AccountSessions(5 * HOUR_MS);
    for (let index = 0; index <= 10_000; index += 1) sessions.bind(`s${index}`, home('a'), 0);
    expect(sessions.size).toBe(10_000);
    expect(sessions.find('s0', 1)).toBeUndefined();
    expect(sessions.liveOn('a')).toBe(10_000);
  });
});
