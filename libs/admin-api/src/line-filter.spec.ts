import { describe, expect, it } from '@jest/globals';
import { type LineFilterTexts, lineMatcher } from './line-filter.js';
import type { RequestLine } from './requests.js';

const LINE = {
  id: 'exc_0mwq7xyz0000000000000abc',
  upstream_request_id: 'req_011CVLnP4yfQ7wM2s8pVcgZd',
  session: '3f2a9c10-1111-4222-8333-944455556666',
  started_at: 1,
  user: 'alice@example.com',
  model: 'claude-opus-5-5',
  upstream: 'bedrock',
  outcome: 'completed',
  operation: 'messages',
  status: 429,
  duration_ms: 1_000,
  is_fallback: true,
  fallback_reason: 'rate_limited',
  team: 'platform',
  client_key: 'key_1',
  account: null,
} as RequestLine;

const isIn = (texts: LineFilterTexts, line: RequestLine = LINE) => lineMatcher(texts)(line);

describe('lineMatcher', () => {
  it.each<[LineFilterTexts, boolean]>([
    [{}, true],
    [{ user: 'alice@example.com' }, true],
    [{ user: 'alice' }, false],
    [{ user: 'ali*' }, true],
    [{ user: '*EXAMPLE*' }, true],
    [{ user: '*a*a*com' }, true],
    [{ user: '*com*alice*' }, false],
    [{ user: 'bob,alice@example.com' }, true],
    [{ user: '!bob' }, true],
    [{ user: '!bob,!ali*' }, false],
    [{ user: 'ali*,!*@example.com' }, false],
    [{ user: ' , !, ' }, true],
    [{ account: 'none' }, true],
    [{ account: '!none' }, false],
    [{ account: '*' }, false],
    [{ team: 'plat*', key: 'key_1', upstream: 'bedrock', model: '*opus*' }, true],
    [{ status: '429' }, true],
    [{ status: '4xx' }, true],
    [{ status: '5xx,429' }, true],
    [{ status: '!4xx' }, false],
    [{ slow_ms: '1000' }, true],
    [{ slow_ms: '1001' }, false],
    [{ fallbacks: 'true' }, true],
    [{ errors: 'true' }, false],
  ])('%j: %s', (texts, expected) => {
    expect(isIn(texts)).toBe(expected);
  });

  it.each(['0MWQ7', 'req_011cvln', '3f2a9c10', 'alice', 'OPUS', 'plat', 'key_1', 'opus alice', 'alice !bob'])(
    'finds %s in the line, by part and in any case',
    (q) => expect(isIn({ q })).toBe(true),
  );

  it.each(['bob', 'alice bob', '!alice'])('does not find %s', (q) => expect(isIn({ q })).toBe(false));

  it("finds a user with any spelling of the name's accents", () => {
    const line = { ...LINE, user: 'chlo\u00e9' };
    expect(isIn({ user: 'chloe\u0301' }, line)).toBe(true);
    expect(isIn({ q: 'chloe\u0301' }, line)).toBe(true);
  });

  it('answers a hostile pattern at once', () => {
    const line = { ...LINE, user: 'a'.repeat(128) };
    expect(isIn({ user: `${'*a'.repeat(1_000)}*b` }, line)).toBe(false);
  });
});
