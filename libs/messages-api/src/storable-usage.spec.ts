import { describe, expect, it } from '@jest/globals';
import { storableUsage } from './storable-usage.js';
import { countOf, MAX_COUNT, type Usage } from './usage.js';

const usageOf = (fields: unknown) => storableUsage(fields as Usage);
const nested = (levels: number): unknown => (levels === 0 ? 1 : { deeper: nested(levels - 1) });
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe('storableUsage', () => {
  it("leaves Anthropic's own report unchanged", () => {
    const usage = {
      input_tokens: 10,
      output_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 2 },
      server_tool_use: { web_search_requests: 3 },
      service_tier: 'standard',
      iterations: [{ type: 'compaction', input_tokens: 5, model: 'claude-opus-5-5' }],
      a_field_of_tomorrow: { share: 0.25, names: ['x', null, true] },
    };
    expect(usageOf(usage)).toEqual(usage);
    expect(storableUsage(undefined)).toBeUndefined();
  });

  it.each([1e300, 2 ** 53, MAX_COUNT + 1, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '12', true, null])(
    'counts %p as 0 at any position',
    (value) => {
      const fields = { input_tokens: value, cache_creation: { ephemeral_1h_input_tokens: value } };
      const usage = usageOf({ ...fields, iterations: [fields] })!;
      expect(countOf(usage.input_tokens)).toBe(0);
      expect(countOf(usage.cache_creation!.ephemeral_1h_input_tokens)).toBe(0);
      expect(countOf(usage.iterations![0]!.input_tokens)).toBe(0);
    },
  );

  it('keeps the largest valid count', () => {
    expect(usageOf({ input_tokens: MAX_COUNT })).toEqual({ input_tokens: MAX_COUNT });
  });

  it.each([
    ['40 levels of maps', { nested: nested(40) }],
    ['40 levels of lists', { list: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) }],
    ['a megabyte of text', { text: 'x'.repeat(1_000_000) }],
    ['a hundred thousand members', Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`n${n}`, n]))],
    ['a hundred thousand elements', { list: Array(100_000).fill('x'.repeat(1_000)) }],
    ['long names', { ['n'.repeat(100_000)]: 1 }],
  ])('cuts %s', (_what, fields) => {
    const usage = usageOf({ ...fields })!;
    expect(JSON.stringify(usage).length).toBeLessThan(30_000);
    expect(depthOf(usage)).toBeLessThanOrEqual(6);
  });

  it('drops names that stores reject, and repairs malformed text', () => {
    const odd = JSON.parse('{"":1,"__proto__":{"x":1},"constructor":{"name":"Set"},"\\ud800":1,"a b":1,"toString":2}');
    expect(usageOf({ ...odd, speed: 'fa\ud800st' })).toEqual({ 'a b': 1, toString: 2, speed: 'fa\ufffdst' });
  });

  it('turns a list into an object', () => {
    expect(usageOf([1, 2])).toEqual({ 0: 1, 1: 2 });
  });
});
