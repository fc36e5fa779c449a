import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LocalLimitCounters } from './key-limit.counters.js';

let nowMs: number;
let counters: LocalLimitCounters;
let ids = 0;
beforeEach(() => {
  nowMs = 0;
  counters = new LocalLimitCounters(() => nowMs);
});
const take = (limits: Parameters<LocalLimitCounters['take']>[2], id = `exc_${ids++}`) =>
  counters.take('key', id, limits);

describe('the limits of a client key', () => {
  it('admit a minute of requests at once, then one at a time, exactly when the answer said', () => {
    const limits = { requests_per_minute: 6 };
    const left = Array.from({ length: 6 }, () => take(limits).requestsLeft);
    expect(left).toEqual([5, 4, 3, 2, 1, 0]);
    expect(take(limits)).toMatchObject({ reached: 'requests_per_minute', retryAfterSeconds: 10 });
    nowMs = 9_999;
    expect(take(limits)).toMatchObject({ reached: 'requests_per_minute', retryAfterSeconds: 1 });
    nowMs = 10_000;
    expect(take(limits).reached).toBeUndefined();
  });

  it('never admit more than the limit in any minute beyond the first burst', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 100, maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), gaps, (limit, waits) => {
        nowMs = 0;
        counters = new LocalLimitCounters(() => nowMs);
        let admitted = 0;
        for (const wait of waits) {
          nowMs += wait;
          if (!take({ requests_per_minute: limit }).reached) admitted += 1;
        }
        expect(admitted).toBeLessThanOrEqual(limit + (nowMs * limit) / 60_000 + 1e-6);
      }),
    );
  });

  it('count tokens when they are known, and wait until the debt is paid', () => {
    const limits = { tokens_per_minute: 600 };
    expect(take(limits, 'a').reached).toBeUndefined();
    counters.settle('key', 'a', limits, 700);
    expect(take(limits)).toMatchObject({ reached: 'tokens_per_minute', retryAfterSeconds: 11, tokensLeft: 0 });
    nowMs = 11_000;
    expect(take(limits).reached).toBeUndefined();
  });

  it('bound the requests at the same time', () => {
    const limits = { concurrency: 2 };
    take(limits, 'a');
    take(limits, 'b');
    expect(take(limits)).toMatchObject({ reached: 'concurrency', retryAfterSeconds: 1 });
    counters.settle('key', 'a', limits, 0);
    expect(take(limits).reached).toBeUndefined();
  });
});
