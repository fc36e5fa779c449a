import { describe, expect, it } from '@jest/globals';
import {
  endedCookies,
  openSessionOf,
  SESSION_SECONDS,
  sessionCookie,
  sessionIn,
  sessionValue,
} from './session.cookie.js';

const isSessionValue = (...shown: Parameters<typeof openSessionOf>) => openSessionOf(...shown) !== undefined;

const NOW_MS = 1_800_000_000_000;

describe('a session', () => {
  const value = sessionValue('the-token', NOW_MS);

  it('ends after its lifetime', () => {
    expect(isSessionValue(value, 'the-token', NOW_MS)).toBe(true);
    expect(isSessionValue(value, 'the-token', NOW_MS + SESSION_SECONDS * 1_000 - 1)).toBe(true);
    expect(isSessionValue(value, 'the-token', NOW_MS + SESSION_SECONDS * 1_000)).toBe(false);
  });

  it('ends with the token', () => {
    expect(isSessionValue(value, 'another-token', NOW_MS)).toBe(false);
  });

  it.each(['', '.', 'x', `${9_999_999_999}.`, `${9_999_999_999}.${value.split('.')[1]}`, `${value}x`, `${value}.x`])(
    'cannot be forged: %j',
    (made) => {
      expect(isSessionValue(made, 'the-token', NOW_MS)).toBe(false);
    },
  );

  it('has a unique id, and its end', () => {
    const session = openSessionOf(value, 'the-token', NOW_MS)!;
    expect(session.endsAt).toBe(NOW_MS / 1_000 + SESSION_SECONDS);
    expect(openSessionOf(sessionValue('the-token', NOW_MS), 'the-token', NOW_MS)!.id).not.toBe(session.id);
  });

  it('does not contain the token', () => {
    expect(sessionCookie(value, true)).not.toContain('the-token');
    expect(sessionCookie(value, true)).toMatch(/HttpOnly; SameSite=Strict; Secure$/);
  });

  it('over TLS has a name that no other host of the domain can set', () => {
    expect(sessionCookie(value, true)).toMatch(/^__Host-claude_proxy_session=[^;]+; Max-Age=43200; Path=\/; /);
    expect(sessionCookie(value, false)).toMatch(/^claude_proxy_session=[^;]+; .*SameSite=Strict$/);
    expect(sessionIn(`claude_proxy_session=planted; __Host-claude_proxy_session=${value}`)).toBe(value);
  });

  it('is removed under both names', () => {
    const names = (lines: string[]) => lines.map((line) => line.split('=')[0]);
    expect(names(endedCookies(true))).toEqual(['__Host-claude_proxy_session', 'claude_proxy_session']);
    expect(names(endedCookies(false))).toEqual(['claude_proxy_session']);
    for (const line of endedCookies(true)) expect(line).toMatch(/=; Max-Age=0; .*; Secure$/);
  });

  it('is found among other cookies', () => {
    expect(sessionIn(`a=b; claude_proxy_session=${value}; c=d`)).toBe(value);
    expect(sessionIn('a=b')).toBeUndefined();
    expect(sessionIn(undefined)).toBeUndefined();
  });
});
