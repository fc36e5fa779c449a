import { ClaudeModels } from '@claude-proxy/claude-models';
import type { UpstreamRequest } from '@claude-proxy/upstream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { limitOf, spentBudgetOf } from './anthropic-limits.js';
import { LimitScopes } from './limit-scopes.js';
import { modelClassOf, modelFamilyOf } from './model-class.js';

const models = new ClaudeModels();
const scopes = new LimitScopes(models);
const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const requestOf = (more: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  operation: 'messages',
  path: '/v1/messages',
  headers: [],
  body: Buffer.alloc(400),
  model: 'claude-opus-5-5',
  isStream: false,
  user: 'alice',
  json: () => ({}),
  ...more,
});
const read = (headers: Record<string, string>, request = requestOf(), error = {}) =>
  limitOf({ headers: Object.entries(headers).flat(), error }, request, scopes, NOW_MS);
const bucket = (name: string, limit: number, remaining: number, reset = '2026-11-21T12:00:45Z') => ({
  [`anthropic-${name}-limit`]: String(limit),
  [`anthropic-${name}-remaining`]: String(remaining),
  [`anthropic-${name}-reset`]: reset,
});

describe('limitOf', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7],
    ['part of a second', { 'Retry-After': '0.5' }, 0.5],
    ['zero', { 'retry-after': '0' }, 0],
    ['an HTTP date', { 'retry-after': 'Sat, 21 Nov 2026 12:00:20 GMT' }, 20],
    ['an HTTP date in the past', { 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, 0],
    ['milliseconds', { 'retry-after-ms': '1500', 'retry-after': '9' }, 1.5],
    ['nothing', {}, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
    ['a year', { 'retry-after': '31536000' }, 2_678_400],
    ['the unified reset', { 'anthropic-ratelimit-unified-reset': String(NOW_MS / 1_000 + 900) }, 900],
  ])('reads %s', (_name, headers, seconds) => {
    expect(read(headers).seconds).toBe(seconds);
  });

  it('closes the model class for a limit of the API, and the scope that a subscription names', () => {
    const claim = (name: string) => ({ 'anthropic-ratelimit-unified-representative-claim': name });
    expect(read({}).scope).toBe('opus-5-5');
    expect(read(claim('five_hour')).scope).toBe('all');
    expect(read(claim('seven_day')).scope).toBe('all');
    expect(read(claim('seven_day_opus')).scope).toBe('opus');
    expect(read({ 'anthropic-ratelimit-unified-status': 'rejected' }).scope).toBe('all');
  });

  it('does not wait if Anthropic marks a retry as useless', () => {
    expect(read({ 'retry-after': '2', 'x-should-retry': 'false' }).isWorthWaiting).toBe(false);
  });

  it('does not wait for a window without a header', () => {
    expect(read({}).isWorthWaiting).toBe(false);
  });
});

describe('an exhausted bucket', () => {
  const of = (...buckets: Record<string, string>[]) => read(Object.assign({}, ...buckets));

  it.each([
    ['a request that fits at once', of(bucket('ratelimit-input-tokens', 2_000_000, 0)), 1],
    ['100 tokens of 1,000 a minute', of(bucket('ratelimit-input-tokens', 1_000, 0)), 6],
    ['the missing part of a bucket', of(bucket('ratelimit-input-tokens', 1_000, 50)), 3],
    ['the next of 10 requests a minute', of(bucket('ratelimit-requests', 10, 0)), 6],
    ['one output token', of(bucket('ratelimit-output-tokens', 100, 0)), 1],
    ['the limit of fast mode', of(bucket('fast-input-tokens', 1_000, 0)), 6],
    ['the time until it is full, at most', of(bucket('ratelimit-requests', 1, 0, '2026-11-21T12:00:20Z')), 20],
    [
      'the last of several empty buckets',
      of(
        bucket('ratelimit-requests', 50, 3),
        bucket('ratelimit-input-tokens', 1_000, 0),
        bucket('ratelimit-tokens', 1_500, 0),
      ),
      6,
    ],
  ])('is waited for until there is room for %s', (_name, limit, seconds) => {
    expect(limit.seconds).toBe(seconds);
  });

  it('is not a bucket with room for the request', () => {
    expect(of(bucket('ratelimit-input-tokens', 1_000, 100)).seconds).toBeUndefined();
  });

  it('is waited for until its reset if it has no limit header', () => {
    const { 'anthropic-ratelimit-tokens-limit': _limit, ...unlimited } = bucket('ratelimit-tokens', 1, 0);
    expect(of(unlimited as Record<string, string>).seconds).toBe(45);
  });
});

describe('the scope of a refusal', () => {
  const fast = requestOf({ speed: 'fast' });
  const long = requestOf({ headers: ['anthropic-beta', 'effort-2025-11-24,context-1m-2025-08-07'] });
  const stops = (scope: string | undefined, request: UpstreamRequest) => scopes.of(request).includes(scope!);

  it('a limit of fast mode does not affect the standard speed, and vice versa', () => {
    const ofFast = read({ 'retry-after': '30' }, fast).scope;
    const ofStandard = read({ 'retry-after': '30' }).scope;
    expect([stops(ofFast, fast), stops(ofFast, requestOf())]).toEqual([true, false]);
    expect([stops(ofStandard, fast), stops(ofStandard, requestOf())]).toEqual([false, true]);
  });

  it('a refusal of long contexts affects only those', () => {
    const error = { message: 'Extra usage is required for long context requests.' };
    const { scope } = read({}, long, error);
    expect([stops(scope, long), stops(scope, requestOf())]).toEqual([true, false]);
    expect(stops(scope, requestOf({ body: Buffer.alloc(900_000) }))).toBe(true);
    expect(read({}, requestOf(), error).scope).toBeUndefined();
  });

  it('the window of a subscription affects every speed and context size', () => {
    const { scope } = read({ 'anthropic-ratelimit-unified-representative-claim': 'five_hour' });
    for (const request of [requestOf(), fast, long]) expect(stops(scope, request)).toBe(true);
  });
});

describe('a spent budget', () => {
  const of = (message: string, more = {}) => spentBudgetOf({ message, ...more }, NOW_MS);

  it.each([
    ['Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.', 900],
    ['You have reached your specified API usage limits.', 900],
    ['You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.', 820_800],
    [
      'You have reached your specified workspace API usage limits. You will regain access on 2027-12-01 at 00:00 UTC.',
      2_678_400,
    ],
    ["You're out of extra usage. Add more at claude.ai/settings/usage and keep going.", 900],
  ])('is recognized in "%s", for every model, and is not waited for', (message, seconds) => {
    expect(of(message)).toMatchObject({ seconds, scope: 'all', isWorthWaiting: false });
  });

  it('is recognized by type and code, too', () => {
    expect(of('x', { type: 'billing_error' })).toMatchObject({ seconds: 900, reason: 'billing_error' });
    expect(of('x', { code: 'enforced_spend_limit_reached' })).toMatchObject({ reason: 'enforced_spend_limit_reached' });
  });

  it.each([
    'messages.0.content: Input should be a valid list',
    "messages.0.role: 'Your credit balance is too low' is not valid",
    "This request would exceed your organization's rate limit.",
  ])('is not "%s"', (message) => {
    expect(of(message, { type: 'invalid_request_error' })).toBeUndefined();
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
    expect(modelClassOf(model, models)).toBe(modelClass);
  });
});

describe('a model with another name in the list', () => {
  const row = models.named('claude-opus-5-5')!;
  const further = new ClaudeModels([
    { ...row, id: 'acme-large', aliases: ['acme-l'], family: 'opus', limitGroup: 'acme' },
    { ...row, id: 'claude-opus-6', aliases: ['opus-next'] },
  ]);

  it.each([
    ['acme-large', 'acme', 'opus'],
    ['acme-l', 'acme', 'opus'],
    ['opus-next', 'opus-6', 'opus'],
    ['claude-opus-7', 'opus-7', 'opus'],
  ])('%s uses the limits of its row, else of its id', (name, group, family) => {
    expect([modelClassOf(name, further), modelFamilyOf(name, further)]).toEqual([group, family]);
  });
});

describe('any 429', () => {
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

  it('gives a window between zero and a month', () => {
    fc.assert(
      fc.property(fc.dictionary(name, odd), (headers) => {
        const { seconds = 0 } = read(headers);
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(31 * 24 * 60 * 60);
      }),
    );
  });
});
