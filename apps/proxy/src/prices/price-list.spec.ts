import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClaudeModels, MODELS } from '@claude-proxy/claude-models';
import { describe, expect, it } from '@jest/globals';
import { costOf, priceListWith } from './price-list.js';
import { publishedPrices } from './published-prices.js';

const PUBLISHED_PRICES = publishedPrices(new ClaudeModels());
const cost = (model: string, usage: Parameters<typeof costOf>[3], billedAs = 'anthropic') =>
  costOf(PUBLISHED_PRICES, billedAs, model, usage);

describe('costOf', () => {
  it('adds input, output, both kinds of cache writes, and cache reads', () => {
    const usage = {
      input_tokens: 1_000,
      output_tokens: 500,
      cache_creation_input_tokens: 300,
      cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 100 },
      cache_read_input_tokens: 10_000,
    };
    // claude-opus-5-5: 4, 20, 5 and 8, 0.20 dollars per million.
    expect(cost('claude-opus-5-5', usage)).toBe(4_000_000 + 10_000_000 + 1_000_000 + 800_000 + 2_000_000);
  });

  it('counts cache writes without a split as writes of 5 minutes', () => {
    expect(cost('claude-opus-5-5', { cache_creation_input_tokens: 1_000 })).toBe(5_000_000);
  });

  it('recognizes the model of a dated name', () => {
    expect(cost('claude-haiku-4-5-20251001', { input_tokens: 1_000_000 })).toBe(1_000_000_000);
  });

  it('applies the higher price to the whole request above a step', () => {
    expect(cost('claude-haiku-5-5', { input_tokens: 100_000 })).toBe(10_000_000);
    expect(cost('claude-haiku-5-5', { input_tokens: 1, cache_read_input_tokens: 100_000 })).toBe(500 + 5_000_000);
  });

  it.each(['claude-sonnet-4-20250514', 'claude-sonnet-4-5-20250929'])(
    'charges %s twice the input and one and a half times the output above 200,000 tokens of input',
    (model) => {
      const usage = { input_tokens: 300_000, output_tokens: 1_000 };
      expect(cost(model, usage, 'bedrock-global')).toBe(300_000 * 6_000 + 1_000 * 22_500);
      expect(cost(model, { input_tokens: 200_000 }, 'bedrock-global')).toBe(200_000 * 3_000);
    },
  );

  it.each([
    ['claude-opus-5-5', 8, 40, 0.4],
    ['claude-fable-5-2', 16, 80, 0.4],
    ['claude-mythos-5-2', 16, 80, 0.4],
    ['claude-opus-5', 10, 50, 1],
    ['claude-opus-4-8', 10, 50, 1],
  ])('has the price of fast mode for %s', (model, input, output, read) => {
    const usage = { input_tokens: 1_000, output_tokens: 1_000, cache_read_input_tokens: 1_000, speed: 'fast' };
    expect(cost(model, usage)).toBe(Math.round((input + output + read) * 1_000_000));
  });

  it('halves the price in a batch', () => {
    expect(cost('claude-opus-5-5', { input_tokens: 1_000, service_tier: 'batch' })).toBe(2_000_000);
    expect(cost('claude-opus-5-5', { input_tokens: 1_000, service_tier: 'standard' })).toBe(4_000_000);
  });

  it('recognizes the model of a name with a context suffix', () => {
    expect(cost('claude-opus-5-5[1m]', { input_tokens: 1_000 })).toBe(4_000_000);
  });

  it.each(MODELS.map((model) => [model.id, model] as const))(
    'has a price of %s on every upstream that sells it',
    (id, model) => {
      for (const billedAs of ['anthropic', ...(model.bedrock ? ['bedrock-global', 'bedrock-regional'] : [])]) {
        expect(cost(id, { input_tokens: 1_000, output_tokens: 1 }, billedAs)).toBeGreaterThan(0);
      }
    },
  );

  it('charges a tenth more for regional profiles of Bedrock and for inference in one place', () => {
    expect(cost('claude-opus-5-5', { input_tokens: 1_000 }, 'bedrock-global')).toBe(4_000_000);
    expect(cost('claude-opus-5-5', { input_tokens: 1_000 }, 'bedrock-regional')).toBe(4_400_000);
    expect(cost('claude-opus-5-5', { input_tokens: 1_000, inference_geo: 'us' })).toBe(4_400_000);
    expect(cost('claude-opus-5-5', { input_tokens: 1_000, inference_geo: 'global' })).toBe(4_000_000);
  });

  it('adds searches, and iterations at the price of their own model', () => {
    const advisor = { type: 'advisor_message', model: 'claude-opus-5-5', input_tokens: 1_000, output_tokens: 0 };
    const message = { type: 'message', input_tokens: 9_999_999 };
    const usage = { input_tokens: 1_000, server_tool_use: { web_search_requests: 2 }, iterations: [message, advisor] };
    expect(cost('claude-sonnet-5-5', usage)).toBe(2_000_000 + 4_000_000 + 20_000_000);
  });

  it.each([
    ['a model without a price', 'claude-new-9', {}, 'anthropic'],
    ['an upstream without prices', 'claude-opus-5-5', {}, 'acme'],
    ['a speed without a price', 'claude-opus-4-7', { speed: 'fast' }, 'anthropic'],
    [
      'an iteration without a price',
      'claude-opus-5-5',
      { iterations: [{ type: 'compaction', model: 'x' }] },
      'anthropic',
    ],
  ])('is null for %s, never 0', (_name, model, usage, billedAs) => {
    expect(cost(model, { input_tokens: 1, ...usage }, billedAs)).toBeNull();
  });
});

describe('the price list', () => {
  const fileOf = (content: string) => {
    const path = join(mkdtempSync(join(tmpdir(), 'prices-')), 'prices.json');
    writeFileSync(path, content);
    return path;
  };
  const row = { input: 1, output: 2, cache_write_5m: 3, cache_write_1h: 4, cache_read: 5 };

  it('applies the overrides of an operator, per model', () => {
    const list = priceListWith(
      PUBLISHED_PRICES,
      fileOf(JSON.stringify({ upstreams: { acme: { m: row }, anthropic: { 'claude-opus-5-5': row } } })),
    );
    expect(costOf(list, 'acme', 'm', { input_tokens: 1_000_000 })).toBe(1_000);
    expect(costOf(list, 'anthropic', 'claude-opus-5-5', { output_tokens: 1_000 })).toBe(2);
    expect(costOf(list, 'anthropic', 'claude-haiku-4-5', { input_tokens: 1_000 })).toBe(1_000_000);
  });

  it.each([
    ['invalid JSON', '{'],
    ['a price that is not a whole number', JSON.stringify({ upstreams: { a: { m: { ...row, input: 0.5 } } } })],
    ['a price that is missing', JSON.stringify({ upstreams: { a: { m: { input: 1 } } } })],
    ['an unknown field', JSON.stringify({ upstream: {} })],
  ])('refuses %s, naming the file', (_name, content) => {
    expect(() => priceListWith(PUBLISHED_PRICES, fileOf(content))).toThrow(/PRICE_LIST_FILE is ".*prices.json"/);
  });
});
