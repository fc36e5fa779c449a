import { ClaudeModels } from '@claude-proxy/claude-models';
import { describe, expect, it } from '@jest/globals';
import { priceOfMove } from './move-price.js';

const models = new ClaudeModels();

describe('the price of a move', () => {
  it.each([
    ['claude-opus-5-5', '5m', 0.72],
    ['claude-opus-5-5', '1h', 1.17],
    ['claude-fable-5-2', '5m', 1.47],
    ['claude-sonnet-5-5', '5m', 0.36],
    ['claude-sonnet-5-5', '1h', 0.585],
    ['claude-haiku-5-5', '5m', 0.086],
  ] as const)('of 150,000 tokens on %s with a cache of %s is $%d', (model, ttl, dollars) => {
    expect(priceOfMove(models, model, { tokens: 150_000, ttl })).toBeCloseTo(dollars, 2);
  });

  it('is not known for a model without a price', () => {
    expect(priceOfMove(models, 'claude-next', { tokens: 1, ttl: '5m' })).toBeUndefined();
  });
});
