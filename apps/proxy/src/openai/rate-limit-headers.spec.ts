import { describe, expect, it } from '@jest/globals';
import { rateLimitHeaders } from './rate-limit-headers.js';

const NOW = Date.parse('2026-11-27T10:00:00Z');
const of = (family: string, limit: string, remaining: string, reset: string) => [
  ...[`anthropic-ratelimit-${family}-limit`, limit, `anthropic-ratelimit-${family}-remaining`, remaining],
  ...[`anthropic-ratelimit-${family}-reset`, reset],
];

describe('x-ratelimit-*', () => {
  it('is made of the limits of Anthropic', () => {
    const headers = [
      ...of('requests', '50', '49', '2026-11-27T10:00:01Z'),
      ...of('input-tokens', '9', '9', '2026-11-27T10:00:01Z'),
      ...of('tokens', '80000', '1000', '2026-11-27T10:06:00Z'),
    ];
    expect(rateLimitHeaders(headers, NOW)).toEqual([
      ...[
        'x-ratelimit-limit-requests',
        '50',
        'x-ratelimit-remaining-requests',
        '49',
        'x-ratelimit-reset-requests',
        '1s',
      ],
      ...['x-ratelimit-limit-tokens', '80000', 'x-ratelimit-remaining-tokens', '1000'],
      ...['x-ratelimit-reset-tokens', '6m0s'],
    ]);
  });

  it.each([
    ['2026-11-27T09:59:00Z', '0ms'],
    ['2026-11-27T10:00:00.020Z', '20ms'],
    ['2026-11-27T12:03:04Z', '2h3m4s'],
  ])('writes a reset at %s as OpenAI does', (reset, expected) => {
    expect(rateLimitHeaders(['anthropic-ratelimit-input-tokens-reset', reset], NOW)).toEqual([
      'x-ratelimit-reset-tokens',
      expected,
    ]);
  });

  it('is missing where Anthropic gives no limits, or a reset that is not a time', () => {
    expect(rateLimitHeaders(['request-id', 'req_1'], NOW)).toEqual([]);
    expect(rateLimitHeaders(['anthropic-ratelimit-requests-reset', 'soon'], NOW)).toEqual([]);
  });
});
