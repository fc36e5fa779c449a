import { describe, expect, it } from '@jest/globals';
import { closedWindowIn, type LimitItem, withoutWindows, withWindow } from './limit-item.js';

const NOW = 1_800_000_000;
const window = (scope: string, seconds: number) => ({ scope, seconds, reason: 'requests' });
const closed = (scope: string, seconds: number, isDrill = false) =>
  withWindow(undefined, 'alice', window(scope, seconds), NOW, isDrill)!;
const ORIGINAL: LimitItem = {
  user_id: 'alice',
  retry_until: NOW + 60,
  retry_after_seconds: 60,
  created_at: NOW,
  ttl: NOW + 3_660,
};

describe('a limit item', () => {
  it('keeps the published attributes over all its scopes', () => {
    const item = withWindow(closed('a/opus-4', 600), 'alice', window('a/sonnet-4', 60), NOW, false)!;
    expect(item).toMatchObject({
      user_id: 'alice',
      retry_until: NOW + 600,
      retry_after_seconds: 600,
      ttl: NOW + 4_200,
    });
    expect(Object.keys(item.scopes!)).toEqual(['a/opus-4', 'a/sonnet-4']);
  });

  it('stops only the credential and model class that hit the limit', () => {
    const item = closed('a/opus-4', 60);
    expect(closedWindowIn(item, ['a/opus-4', 'a/opus', 'a/all'], NOW, false)?.retry_until).toBe(NOW + 60);
    expect(closedWindowIn(item, ['a/sonnet-4', 'a/sonnet', 'a/all'], NOW, false)).toBeUndefined();
    expect(closedWindowIn(item, ['b/opus-4', 'b/opus', 'b/all'], NOW, false)).toBeUndefined();
  });

  it('stops a caller without a credential by any window of the same models', () => {
    expect(closedWindowIn(closed('a/opus-4', 60), ['*/opus-4', '*/opus', '*/all'], NOW, false)).toBeDefined();
    expect(closedWindowIn(closed('a/opus-4', 60), ['*/haiku-4', '*/haiku', '*/all'], NOW, false)).toBeUndefined();
  });

  it('stops everything where the original wrote it', () => {
    expect(closedWindowIn(ORIGINAL, ['x/y'], NOW, false)?.retry_until).toBe(NOW + 60);
    expect(closedWindowIn(ORIGINAL, ['x/y'], NOW + 60, false)).toBeUndefined();
  });

  it('keeps a limit of the original when it adds one of its own', () => {
    const item = withWindow(ORIGINAL, 'alice', window('a/opus-4', 5), NOW, false)!;
    expect(closedWindowIn(item, ['x/y'], NOW + 30, false)?.retry_until).toBe(NOW + 60);
  });

  it('never replaces a longer window by a shorter one', () => {
    expect(withWindow(closed('a/b', 600), 'alice', window('a/b', 60), NOW, false)).toBeUndefined();
    expect(withWindow(closed('a/b', 60), 'alice', window('a/b', 600), NOW, false)?.retry_until).toBe(NOW + 600);
  });

  it('does not last for as long as the clock was set back', () => {
    const anHourAgo = NOW - 3_600;
    expect(closedWindowIn(closed('a/b', 60), ['a/b'], anHourAgo, false)).toBeUndefined();
    const again = withWindow(closed('a/b', 60), 'alice', window('a/b', 30), anHourAgo, false)!;
    expect(closedWindowIn(again, ['a/b'], anHourAgo, false)?.retry_until).toBe(anHourAgo + 30);
  });

  it('counts where another task, whose clock is a little ahead, closed it', () => {
    expect(closedWindowIn(closed('a/b', 60), ['a/b'], NOW - 30, false)).toBeDefined();
  });

  it('forgets expired scopes when it is written', () => {
    const item = withWindow(closed('a/b', 60), 'alice', window('c/d', 60), NOW + 61, false)!;
    expect(Object.keys(item.scopes!)).toEqual(['c/d']);
  });

  it('counts the windows of a drill only while a drill is on', () => {
    const item = closed('a/b', 60, true);
    expect(item.drill).toBe(true);
    expect(closedWindowIn(item, ['a/b'], NOW, true)).toBeDefined();
    expect(closedWindowIn(item, ['a/b'], NOW, false)).toBeUndefined();
  });

  it('lets a real window replace one of a drill, and never the other way round', () => {
    expect(withWindow(closed('a/b', 60, true), 'alice', window('a/b', 30), NOW, false)?.drill).toBe(false);
    expect(withWindow(closed('a/b', 30), 'alice', window('a/b', 60), NOW, true)).toBeUndefined();
  });

  it('keeps the 500 windows that end last, so that it never outgrows the store', () => {
    const many = Array.from({ length: 600 }, (_, key) => window(`key${key}/opus`, 60 + key));
    const item = many.reduce<LimitItem | undefined>(
      (known, each) => withWindow(known, 'alice', each, NOW, false),
      undefined,
    )!;
    expect(Object.keys(item.scopes!)).toHaveLength(500);
    expect(closedWindowIn(item, ['key599/opus'], NOW, false)).toBeDefined();
    expect(closedWindowIn(item, ['key0/opus'], NOW, false)).toBeUndefined();
  });

  it('reopens what is over, and is gone when nothing is left', () => {
    const item = withWindow(closed('a/b', 60), 'alice', window('c/d', 90), NOW, false)!;
    const rest = withoutWindows(item, NOW, (name) => name === 'c/d')!;
    expect(rest.retry_until).toBe(NOW + 60);
    expect(withoutWindows(rest, NOW, () => true)).toBeUndefined();
    expect(withoutWindows(rest, NOW, () => false)).toBe(rest);
  });
});
