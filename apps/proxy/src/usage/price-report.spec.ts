import { ClaudeModels } from '@claude-proxy/claude-models';
import { describe, expect, it } from '@jest/globals';
import { publishedPrices } from '../prices/published-prices.js';
import { priceReport } from './price-report.js';

describe('priceReport', () => {
  const { prices, date } = priceReport(publishedPrices(new ClaudeModels()));
  const rowsOf = (upstream: string, model: string) =>
    prices.filter((row) => row.upstream === upstream && row.model === model);

  it('gives the prices of each upstream in dollars per million tokens', () => {
    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(rowsOf('anthropic', 'claude-opus-5-5')).toEqual([
      {
        upstream: 'anthropic',
        model: 'claude-opus-5-5',
        above_input_tokens: null,
        input: 4,
        output: 20,
        cache_write_5m: 5,
        cache_write_1h: 8,
        cache_read: 0.2,
      },
    ]);
    expect(rowsOf('bedrock-regional', 'claude-opus-5-5')[0]).toMatchObject({ input: 4.4 });
  });

  it('has a row for each step of a model whose price grows with its input', () => {
    expect(
      rowsOf('bedrock-global', 'claude-sonnet-4-20250514').map((row) => [row.above_input_tokens, row.input]),
    ).toEqual([
      [null, 3],
      [200_000, 6],
    ]);
  });
});
