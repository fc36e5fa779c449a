import { describe, expect, it } from '@jest/globals';
import { detailWith } from '../requests/detail-for-specs.js';
import { SLOT_MS, SLOTS, slotsUpTo, totalsOf, withExchange } from './pulse.js';

describe('the pulse', () => {
  it('counts by who answered', () => {
    let slots = withExchange([], detailWith({}), 1_000_000);
    slots = withExchange(slots, detailWith({ upstream: 'bedrock' }), 1_000_000 + SLOT_MS);
    slots = withExchange(slots, detailWith({ upstream: null }), 1_000_000 + SLOT_MS);
    expect(totalsOf(slots)).toEqual({ anthropic: 1, bedrock: 1, '': 1 });
  });

  it('forgets what is older than two minutes', () => {
    const slots = withExchange([], detailWith({}), 1_000_000);
    const later = slotsUpTo(1_000_000 + SLOTS * SLOT_MS, slots);
    expect(later).toHaveLength(SLOTS);
    expect(totalsOf(later)).toEqual({});
  });
});
