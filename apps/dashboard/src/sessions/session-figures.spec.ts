import type { PromptCacheNote, SessionRequest } from '@claude-proxy/admin-api';
import { describe, expect, it } from '@jest/globals';
import { barsOf, cachedShareOf, mainRequestsOf } from './session-figures.js';

function request(read: number, written: number, note: Partial<PromptCacheNote> | null = null): SessionRequest {
  const tokens = {
    input_tokens: 0,
    output_tokens: 1,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
  };
  const facts = { id: `${read}`, started_at: 0, duration_ms: 1, model: 'm', upstream: 'a', cost_usd: 0, status: 200 };
  return { ...facts, ...tokens, outcome: 'completed', prompt_cache: note as PromptCacheNote | null };
}

describe('figures of a session', () => {
  it('have the share of the prompt that was read from the cache, and none without a prompt', () => {
    expect(cachedShareOf(request(30, 10))).toBe(0.75);
    expect(cachedShareOf(request(0, 0))).toBeNull();
  });

  it('show the main conversation, or all requests where conversations are not known', () => {
    const [main, side, refused] = [request(9, 1, { role: 'main' }), request(1, 1, { role: 'side' }), request(0, 0)];
    expect(mainRequestsOf([main, side, refused])).toEqual([main]);
    expect(mainRequestsOf([request(9, 1), refused])).toEqual([request(9, 1)]);
  });

  it('keep each cache break of 2,000 requests visible in at most 240 bars', () => {
    const items = Array.from({ length: 2_000 }, (_, index) => request(index + 1, 0));
    const broken = request(0, 7, { cache_break: {} as PromptCacheNote['cache_break'] });
    const bars = barsOf(items.toSpliced(1_000, 1, broken));
    expect(bars.length).toBeLessThanOrEqual(240);
    expect(bars).toContain(broken);
    expect(barsOf(items.slice(0, 3))).toHaveLength(3);
  });
});
