import type { PriceReport, PriceRow } from '@claude-proxy/admin-api';
import type { PriceList } from '../prices/price-list.js';

/** Nano-dollars per 1,000 tokens in a dollar per million. */
const NANO = 1_000_000;
const PRICES = ['input', 'output', 'cache_write_5m', 'cache_write_1h', 'cache_read'] as const;

type Prices = Readonly<Record<(typeof PRICES)[number], number>>;

export function priceReport({ date, sources, upstreams }: PriceList): PriceReport {
  const prices = Object.entries(upstreams).flatMap(([upstream, models]) =>
    Object.entries(models).flatMap(([model, row]) => [
      rowOf(upstream, model, null, row),
      ...(row.steps ?? []).map((step) => rowOf(upstream, model, step.above_input_tokens, step)),
    ]),
  );
  return { date, sources, prices };
}

function rowOf(upstream: string, model: string, aboveInputTokens: number | null, prices: Prices): PriceRow {
  const dollars = Object.fromEntries(PRICES.map((name) => [name, prices[name] / NANO]));
  return { upstream, model, above_input_tokens: aboveInputTokens, ...(dollars as Prices) };
}
