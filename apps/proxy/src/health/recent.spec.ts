import type { Bucket } from '@claude-proxy/admin-api';
import { describe, expect, it } from '@jest/globals';
import { recentOf } from './recent.js';

const NOW = Date.UTC(2026, 10, 21, 10, 7);
const bucket = (minutesAgo: number, figures: { requests?: number; errors?: number; bedrock?: number }) => {
  const { requests = 0, errors = 0, bedrock = 0 } = figures;
  const first_byte_ms = requests > 0 ? { p50: 100 * minutesAgo, p95: 0, p99: 0 } : null;
  const by_upstream = {
    anthropic: { requests: requests - bedrock },
    bedrock: { requests: bedrock },
    none: { requests: 9 },
  };
  const sums = { requests, errors, caller_errors: 0, fallbacks: bedrock, first_byte_ms, by_upstream };
  return { ...sums, time: NOW - minutesAgo * 60_000 } as unknown as Bucket;
};
const recent = (...buckets: Bucket[]) => recentOf({ buckets, until: NOW, bucket_seconds: 300 }, 'anthropic');

describe('the last minutes', () => {
  it('are the current bucket, and the one before while that is young', () => {
    expect(recent(bucket(20, { requests: 50, errors: 50 }), bucket(2, { requests: 10 }))).toMatchObject({
      minutes: 2,
      requests: 10,
      failures: 0,
    });
    expect(recent(bucket(6, { requests: 50, errors: 50 }), bucket(1, {}))).toMatchObject({ minutes: 6, failures: 50 });
  });

  it('name the fallback upstream that has answered most, never one without an answer', () => {
    expect(recent(bucket(2, { requests: 5, bedrock: 3 })).fallbackUpstream).toBe('bedrock');
  });

  it('weigh medians by requests', () => {
    expect(recent(bucket(4, { requests: 30 }), bucket(2, { requests: 10 })).firstByteMs).toBe(350);
    expect(recent(bucket(2, {})).firstByteMs).toBeUndefined();
  });
});
