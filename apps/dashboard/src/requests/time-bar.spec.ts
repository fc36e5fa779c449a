import { describe, expect, it } from '@jest/globals';
import { detailWith } from './detail-for-specs.js';
import { segmentsOf, waitOf } from './time-bar.js';

const attempt = { status: 200, failure: null, reason: null, is_drill: false };

describe('segmentsOf', () => {
  it('accounts for the whole time of an exchange', () => {
    const detail = detailWith({
      queue_ms: 10,
      first_byte_ms: 510,
      duration_ms: 2_000,
      attempts: [{ ...attempt, upstream: 'anthropic', duration_ms: 500 }],
    });
    expect(segmentsOf(detail).map(({ kind, ms }) => [kind, ms])).toEqual([
      ['queue', 10],
      ['attempt', 500],
      ['answer', 1_490],
    ]);
  });

  it('tells a failed attempt from the one that answered', () => {
    const detail = detailWith({
      first_byte_ms: 900,
      attempts: [
        { ...attempt, upstream: 'anthropic', status: 429, failure: 'rate_limited', duration_ms: 200 },
        { ...attempt, upstream: 'bedrock', duration_ms: 700 },
      ],
    });
    expect(segmentsOf(detail).filter(({ kind }) => kind === 'attempt')).toMatchObject([
      { upstream: 'anthropic', hasFailed: true },
      { upstream: 'bedrock', hasFailed: false },
    ]);
  });

  it('shows the wait between two tries at one upstream', () => {
    const refused = { ...attempt, upstream: 'anthropic', status: 429, failure: 'rate_limited', duration_ms: 100 };
    const detail = detailWith({
      queue_ms: 0,
      first_byte_ms: 4_400,
      duration_ms: 5_000,
      attempts: [refused, { ...attempt, upstream: 'anthropic', duration_ms: 300 }],
    });
    expect(waitOf(detail)).toBe(4_000);
    expect(waitOf(detailWith({ attempts: [refused] }))).toBeUndefined();
  });

  it('has no negative spans, whatever the clocks said', () => {
    const detail = detailWith({
      queue_ms: 50,
      first_byte_ms: 10,
      duration_ms: 20,
      attempts: [{ ...attempt, upstream: 'anthropic', duration_ms: 500 }],
    });
    expect(segmentsOf(detail).every(({ ms }) => ms > 0)).toBe(true);
  });

  it('copes with an exchange without an attempt', () => {
    const detail = detailWith({ attempts: [], upstream: null, first_byte_ms: null, queue_ms: 0, duration_ms: 0 });
    expect(segmentsOf(detail)).toEqual([]);
  });
});
