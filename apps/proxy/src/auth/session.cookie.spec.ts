import { describe, expect, it } from '@jest/globals';
import { openSessionOf, SESSION_SECONDS, sessionCookie, sessionIn, sessionValue } from './session.cookie.js';

const isSessionValue = (...shown: Parameters<typeof openSessionOf>) => openSessionOf(...shown) !== undefined;

const NOW_MS = 1_800_000_000_000;

describe('a session', () => {
  const value = sessionValue('the-token', NOW_MS);

  it('lasts its time and no longer', () => {
    expect(isSessionValue(value, 'the-token', NOW_MS)).toBe(true);
    expect(isSessionValue(value, 'the-token', NOW_MS + SESSION_SECONDS * 1_000 - 1)).toBe(true);
    expect(isSessionValue(value, 'the-token', NOW_MS + SESSION_SECONDS * 1_000)).toBe(false);
  });

  it('ends with the token', () => {
    expect(isSessionValue(value, 'another-token', NOW_MS)).toBe(false);
  });

  it.each(['', '.', 'x', `${9_999_999_999}.`, `${9_999_999_999}.${value.split('.')[1]}`, `${value}x`, `${value}.x`])(
    'is not made up: %j',
    (made) => {
      expect(isSessionValue(made, 'the-token', NOW_MS)).toBe(false);
    },
  );

  it('has an id of its own, and its end', () => {
    const session = openSessionOf(value, 'the-token', NOW_MS)!;
    expect(session.endsAt).toBe(NOW_MS / 1_000 + SESSION_SECONDS);
    expect(openSessionOf(sessionValue('the-token', NOW_MS), 'the-token', NOW_MS)!.id).not.toBe(session.id);
  });

  it('does not hold the token', () => {
    expect(sessionCookie(value, true)).not.toContain('the-token');
    expect(sessionCookie(value, true)).toMatch(/HttpOnly; SameSite=Strict; Secure$/);
  });

  it('is found among other cookies', () => {
    expect(sessionIn(`a=b; claude_proxy_session=${value}; c=d`)).toBe(value);
    expect(sessionIn('a=b')).toBeUndefined();
    expect(sessionIn(undefined)).toBeUndefined();
  });
});
