import type { Bucket, Drill, Limit, Readiness } from '@claude-proxy/admin-api';
import { describe, expect, it } from '@jest/globals';
import { createFormat } from '../format/create-format.js';
import { en } from '../texts/en.js';
import { type Signs, verdictOf } from './verdict.js';

const NOW = Date.UTC(2026, 10, 21, 10, 7);
const READY: Readiness = {
  status: 'ready',
  store: 'ok',
  upstreams: [
    { name: 'anthropic', usable: true, detail: '' },
    { name: 'bedrock', usable: true, detail: '' },
  ],
};
const LIMIT: Limit = { user: 'alice', scope: '*', reason: 'rate_limited', until: 0, seconds_left: 9, is_drill: false };
const DRILL: Drill = {
  id: 'd',
  user: null,
  seconds: 60,
  share: 1,
  started_at: 0,
  until: 0,
  seconds_left: 9,
  struck: 0,
};

function bucket(
  minutesAgo: number,
  requests: number,
  more: { errors?: number; callerErrors?: number; byBedrock?: number } = {},
): Bucket {
  const { errors = 0, callerErrors = 0, byBedrock = 0 } = more;
  const figures = {
    requests,
    errors,
    caller_errors: callerErrors,
    fallbacks: byBedrock,
    input_tokens: 0,
    output_tokens: 0,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cost_usd: 0,
    unpriced_requests: 0,
    fallback_cost_usd: 0,
    cache_saved_usd: 0,
    first_byte_ms: { p50: 800, p95: 2_000, p99: 3_000 },
    duration_ms: null,
    output_tokens_per_second: null,
    cache_hit_share: null,
  };
  const by_upstream = {
    anthropic: { ...figures, requests: requests - byBedrock },
    bedrock: { ...figures, requests: byBedrock },
  };
  return { ...figures, time: NOW - minutesAgo * 60_000, by_upstream, by_model: {} };
}

function verdict(signs: Partial<Signs>) {
  const calm: Signs = {
    readiness: READY,
    buckets: [bucket(2, 20)],
    until: NOW,
    bucketSeconds: 300,
    limits: [],
    drills: [],
    isForced: false,
    isReachable: true,
  };
  return verdictOf({ ...calm, ...signs }, en, createFormat('en-US'));
}

describe('verdictOf', () => {
  it('says that all is well, and what it goes by', () => {
    expect(verdict({})).toEqual({
      mood: 'well',
      headline: 'All is well. Anthropic answers.',
      note: '20 requests in the last 2 minutes; half of the answers began within 800ms.',
    });
  });

  it('names the fallback upstream, its share, and the number of limited users', () => {
    const limits = [LIMIT, { ...LIMIT, scope: 'f/opus' }, { ...LIMIT, user: 'bob' }];
    expect(verdict({ buckets: [bucket(2, 50, { byBedrock: 17 })], limits })).toMatchObject({
      mood: 'on-fallback',
      headline: 'Bedrock answers 34% of requests as the fallback. 2 users are limited.',
    });
  });

  it('puts errors before everything that still works', () => {
    const buckets = [bucket(2, 50, { errors: 10, byBedrock: 17 })];
    expect(verdict({ buckets })).toMatchObject({ mood: 'trouble', headline: '20% of requests fail.' });
  });

  it('speaks of one request in one minute as of one', () => {
    expect(verdict({ buckets: [bucket(1, 1)] }).note).toBe(
      '1 request in the last minute; its answer began within 800ms.',
    );
  });

  it('takes mistakes of callers for no trouble of the gateway, and mentions them', () => {
    const buckets = [bucket(2, 50, { errors: 20, callerErrors: 20 })];
    expect(verdict({ buckets })).toEqual({
      mood: 'well',
      headline: 'All is well. Anthropic answers.',
      note: expect.stringContaining(' 20 were refused for a reason that only the caller can mend.'),
    });
  });

  it('does not let mistakes of callers hide failures', () => {
    expect(verdict({ buckets: [bucket(2, 100, { errors: 92, callerErrors: 90 })] })).toMatchObject({
      mood: 'trouble',
      headline: '20% of requests fail.',
      note: expect.stringContaining('2 of 10 in the last 2 minutes'),
    });
  });

  it('is quiet where nothing but mistakes of callers came', () => {
    const { headline, note } = verdict({ buckets: [bucket(2, 1, { errors: 1, callerErrors: 1 })] });
    expect(headline).toBe('All is quiet. Everything is ready.');
    expect(note).toContain('1 was refused');
  });

  it('does not cry for one failure among a handful of requests', () => {
    expect(verdict({ buckets: [bucket(2, 3, { errors: 1 })] }).mood).toBe('well');
  });

  it('looks at the last minutes only, and at the bucket before while the present one is young', () => {
    expect(verdict({ buckets: [bucket(20, 50, { errors: 50 }), bucket(2, 10)] }).mood).toBe('well');
    expect(verdict({ buckets: [bucket(6, 50, { errors: 50 }), bucket(1, 0)] }).mood).toBe('trouble');
  });

  it('knows quiet from trouble', () => {
    expect(verdict({ buckets: [] })).toMatchObject({ mood: 'well', headline: 'All is quiet. Everything is ready.' });
  });

  it('names a drill a drill', () => {
    expect(verdict({ drills: [DRILL], buckets: [bucket(2, 10, { byBedrock: 10 })] }).headline).toBe(
      'A drill is running: Bedrock answers 100% of requests.',
    );
  });

  it.each([
    [{ isReachable: false }, 'trouble', 'The gateway does not answer.'],
    [{ readiness: undefined }, 'waiting', 'Looking …'],
    [
      { readiness: { ...READY, status: 'draining' as const } },
      'on-fallback',
      'This process is being taken out of service.',
    ],
    [{ readiness: { ...READY, store: 'unreachable' } }, 'on-fallback', 'Requests are answered, but the store is away.'],
    [{ readiness: { ...READY, upstreams: [] } }, 'trouble', 'No request can be answered: no upstream is usable.'],
  ])('%j: %s', (signs, mood, headline) => {
    expect(verdict(signs)).toMatchObject({ mood, headline });
  });

  it('mentions a fallback upstream that is not available', () => {
    const upstreams = [READY.upstreams[0]!, { name: 'bedrock', usable: false, detail: 'no AWS credentials' }];
    expect(verdict({ readiness: { ...READY, upstreams } }).note).toContain(
      'Bedrock is not available as a fallback: no AWS credentials',
    );
  });
});
