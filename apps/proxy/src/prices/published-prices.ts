import {
  type BedrockModel,
  type ClaudeModel,
  type ClaudeModels,
  type ModelPrices,
  namesOf,
} from '@claude-proxy/claude-models';
import type { PriceList } from './price-list.js';

type PriceTable = PriceList['fast'];
type PriceRow = PriceTable[string];

/** Nano-dollars per 1,000 tokens in a dollar per million. */
const NANO = 1_000_000;
/** For all models with fast mode: https://platform.claude.com/docs/en/about-claude/pricing */
const FAST = 2;
const REGIONAL = 1.1;

/** Claude's prices in nano-dollars per 1,000 tokens, so that every price is a whole number. */
export function publishedPrices({ rows }: ClaudeModels): PriceList {
  return {
    date: '2026-11-27',
    sources: ['https://platform.claude.com/docs/en/about-claude/pricing', 'https://aws.amazon.com/bedrock/pricing/'],
    web_search_nano_usd: 10_000_000,
    inference_geo_percent: { us: 110 },
    batch_percent: 50,
    upstreams: {
      anthropic: tableOf(rows, () => 1),
      'bedrock-global': tableOf(rows, ({ bedrock }) => bedrock && 1),
      'bedrock-regional': tableOf(rows, ({ bedrock }) => bedrock && regionalFactor(bedrock)),
    },
    fast: tableOf(rows, ({ hasFastMode }) => (hasFastMode ? FAST : undefined)),
  };
}

function regionalFactor({ hasRegionalSurcharge = true }: BedrockModel): number {
  return hasRegionalSurcharge ? REGIONAL : 1;
}

/** Rows by each name of a model. `factorOf` multiplies its prices; undefined: not sold by this upstream. */
function tableOf(models: readonly ClaudeModel[], factorOf: (model: ClaudeModel) => number | undefined): PriceTable {
  const rows = models.flatMap((model) => {
    const factor = factorOf(model);
    const { prices, priceSteps } = model;
    if (factor === undefined || !prices) return [];
    const steps = priceSteps?.map(({ aboveInputTokens, ...step }) => ({
      above_input_tokens: aboveInputTokens,
      ...pricesOf(step, factor),
    }));
    const row: PriceRow = { ...pricesOf(prices, factor), ...(steps && { steps }) };
    return namesOf(model).map((name) => [name, row] as const);
  });
  return Object.fromEntries(rows);
}

function pricesOf({ input, output, cacheRead = input / 10 }: ModelPrices, factor: number): Omit<PriceRow, 'steps'> {
  const nano = (dollars: number) => Math.round(dollars * factor * NANO);
  return {
    input: nano(input),
    output: nano(output),
    cache_write_5m: nano(input * 1.25),
    cache_write_1h: nano(input * 2),
    cache_read: nano(cacheRead),
  };
}
