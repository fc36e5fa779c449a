import { describe, expect, it } from '@jest/globals';
import { PromptCache } from './prompt-cache.js';

const BREAKPOINT = { cache_control: { type: 'ephemeral' } };
const long = (letter: string, more: object = {}) => ({ type: 'text', text: letter.repeat(8_000), ...more });
const request = (content: object[], more: object = {}) => ({
  json: { messages: [{ role: 'user', content }], ...more },
});

describe('the prompt cache', () => {
  it('reads what an earlier request has written, up to its breakpoint', () => {
    const cache = new PromptCache();
    const first = cache.usageOf(request([long('a', BREAKPOINT), long('b')]));
    expect(first).toMatchObject({ cache_read_input_tokens: 0 });
    const second = cache.usageOf(request([long('a'), long('c', BREAKPOINT)]));
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
    expect(second).toMatchObject({ input_tokens: 0, cache_creation_input_tokens: first.input_tokens });
  });

  it('reads nothing after a change before the breakpoint, and nothing without one', () => {
    const cache = new PromptCache();
    cache.usageOf(request([long('a'), long('b', BREAKPOINT)]));
    expect(cache.usageOf(request([long('x'), long('b', BREAKPOINT)])).cache_read_input_tokens).toBe(0);
    expect(cache.usageOf(request([long('a'), long('b')]))).toMatchObject({
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    });
  });

  it('caches the whole body for a breakpoint at its top, and no short prompt', () => {
    const cache = new PromptCache();
    expect(cache.usageOf(request([long('a')], BREAKPOINT)).input_tokens).toBe(0);
    expect(cache.usageOf(request([{ type: 'text', text: 'hi', ...BREAKPOINT }])).cache_creation_input_tokens).toBe(0);
  });

  it('looks back 20 blocks', () => {
    const cache = new PromptCache();
    cache.usageOf(request([long('a', BREAKPOINT)]));
    const behind = (count: number) => [
      ...[long('a'), ...Array.from({ length: count - 1 }, () => ({ type: 'text', text: 'x' }))],
      { type: 'text', text: 'y', ...BREAKPOINT },
    ];
    expect(cache.usageOf(request(behind(20))).cache_read_input_tokens).toBeGreaterThan(0);
    expect(cache.usageOf(request(behind(21))).cache_read_input_tokens).toBe(0);
  });
});
