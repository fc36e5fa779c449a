import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { limitOf } from './anthropic-limits.js';
import { modelClassOf } from './model-class.js';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const read = (headers: Record<string, string>, body = '{}', model = 'claude-opus-5-5') =>
  limitOf(Object.entries(headers).flat(), body, model, NOW_MS);

describe('limitOf', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7],
    ['part of a second', { 'Retry-After': '0.5' }, 0.5],
    ['zero', { 'retry-after': '0' }, 0],
    ['an HTTP date', { 'retry-after': 'Sat, 21 Nov 2026 12:00:20 GMT' }, 20],
    ['an HTTP date in the past', { 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, 0],
    ['milliseconds', { 'retry-after-ms': '1500', 'retry-after': '9' }, 1.5],
    ['nothing', {}, 60],
    ['a negative number', { 'retry-after': '-5' }, 60],
    ['nonsense', { 'retry-after': 'soon' }, 60],
    ['a year', { 'retry-after': '31536000' }, 2_678_400],
    ['the unified reset', { 'anthropic-ratelimit-unified-reset': String(NOW_MS / 1_000 + 900) }, 900],
    [
      'the exhausted limit only',
      {
        'anthropic-ratelimit-requests-remaining': '3',
        'anthropic-ratelimit-requests-reset': '2026-11-21T14:00:00Z',
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-21T12:00:45Z',
        'anthropic-ratelimit-output-tokens-remaining': '0',
        'anthropic-ratelimit-output-tokens-reset': '2026-11-21T12:00:30Z',
      },
      45,
    ],
  ])('reads %s', (_name, headers, seconds) => {
    expect(read(headers).retryAfterSeconds).toBe(seconds);
  });

  it('holds a spend cap for 15 minutes on every model, and does not wait for it', () => {
    const body = '{"error":{"details":{"error_code":"enforced_spend_limit_reached"}}}';
    expect(read({ 'retry-after': '3' }, body)).toEqual({
      retryAfterSeconds: 900,
      modelScope: 'all',
      reason: 'enforced_spend_limit_reached',
      isWorthWaiting: false,
    });
  });

  it('closes the model class for a limit of the API, and what a subscription names', () => {
    const claim = (name: string) => ({ 'anthropic-ratelimit-unified-representative-claim': name });
    expect(read({}).modelScope).toBe('opus-5-5');
    expect(read(claim('five_hour')).modelScope).toBe('all');
    expect(read(claim('seven_day')).modelScope).toBe('all');
    expect(read(claim('seven_day_opus')).modelScope).toBe('opus');
    expect(read({ 'anthropic-ratelimit-unified-status': 'rejected' }).modelScope).toBe('all');
  });

  it('does not wait where Anthropic says that retrying is useless', () => {
    expect(read({ 'retry-after': '2', 'x-should-retry': 'false' }).isWorthWaiting).toBe(false);
  });
});

describe('modelClassOf', () => {
  it.each([
    ['claude-opus-4-5-20251101', 'opus-4'],
    ['claude-opus-4-8', 'opus-4'],
    ['claude-sonnet-4-20250514', 'sonnet-4'],
    ['claude-sonnet-4-6', 'sonnet-4'],
    ['claude-haiku-4-5', 'haiku-4'],
    ['claude-opus-5', 'opus-5'],
    ['claude-opus-5-5', 'opus-5-5'],
    ['claude-fable-5-2', 'fable-5-2'],
    ['something-else', 'something-else'],
  ])('puts %s into %s', (model, modelClass) => {
    expect(modelClassOf(model)).toBe(modelClass);
  });
});

describe('whatever a 429 says', () => {
  const odd = fc.oneof(
    fc.string(),
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  );
  const name = fc.constantFrom(
    'retry-after',
    'retry-after-ms',
    'anthropic-ratelimit-unified-reset',
    'anthropic-ratelimit-tokens-remaining',
    'anthropic-ratelimit-tokens-reset',
  );

  it('it is a window from nothing to a month', () => {
    fc.assert(
      fc.property(fc.dictionary(name, odd), fc.oneof(fc.string(), fc.json()), (headers, body) => {
        const { retryAfterSeconds } = read(headers, body);
        expect(retryAfterSeconds).toBeGreaterThanOrEqual(0);
        expect(retryAfterSeconds).toBeLessThanOrEqual(31 * 24 * 60 * 60);
      }),
    );
  });
});
