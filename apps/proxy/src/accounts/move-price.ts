import type { ClaudeModels, ModelPrices } from '@claude-proxy/claude-models';

const CACHE_READ = 0.1;
const WRITE_FOR_5_MINUTES = 1.25;
const WRITE_FOR_1_HOUR = 2;
const MILLION = 1_000_000;

/** The prefix of a session that its workspace holds in its prompt cache. */
export interface WarmPrefix {
  readonly tokens: number;
  readonly ttl: '5m' | '1h';
}

/** What a cold prompt cache costs beyond a warm one, in US dollars; undefined without a known price. */
export function priceOfMove(models: ClaudeModels, model: string, { tokens, ttl }: WarmPrefix): number | undefined {
  const row = models.named(model);
  const prices = row && pricesFor(row.prices, row.priceSteps, tokens);
  if (!prices) return undefined;
  const read = prices.cacheRead ?? prices.input * CACHE_READ;
  const write = prices.input * (ttl === '1h' ? WRITE_FOR_1_HOUR : WRITE_FOR_5_MINUTES);
  return (tokens * (write - read)) / MILLION;
}

function pricesFor(
  base: ModelPrices | undefined,
  steps: readonly (ModelPrices & { readonly aboveInputTokens: number })[] = [],
  tokens: number,
): ModelPrices | undefined {
  return steps.findLast(({ aboveInputTokens }) => tokens > aboveInputTokens) ?? base;
}
