import { type ClaudeModel, MODELS, type ModelPrices } from '@claude-proxy/claude-models';
import type { PriceList } from './price-list.js';

type PriceTable = PriceList['fast'];
type PriceRow = PriceTable[string];

/** Nano-dollars per 1,000 tokens in a dollar per million. */
const NANO = 1_000_000;
const REGIONAL = 1.1;

/** What Claude costs, in nano-dollars per 1,000 tokens, so that every price is a whole number. */
export const PUBLISHED_PRICES: PriceList = {
  date: '2026-11-27',
  sources: ['https://platform.claude.com/docs/en/about-claude/pricing', 'https://aws.amazon.com/bedrock/pricing/'],
  web_search_nano_usd: 10_000_000,
  inference_geo_percent: { us: 110 },
  batch_percent: 50,
  upstreams: {
    anthropic: tableOf(soldBy('anthropic'), (model) => rowOf(model)),
    'bedrock-global': tableOf(soldBy('bedrock'), (model) => rowOf(model)),
    'bedrock-regional': tableOf(soldBy('bedrock'), (model) => rowOf(model, model.hasRegionalSurcharge ? REGIONAL : 1)),
  },
  fast: tableOf(MODELS, ({ fast }) => fast && pricesOf(fast)),
};

function soldBy(platform: ClaudeModel['platforms'][number]): readonly ClaudeModel[] {
  return MODELS.filter(({ platforms }) => platforms.includes(platform));
}

/** By every name of a model. */
function tableOf(models: readonly ClaudeModel[], price: (model: ClaudeModel) => PriceRow | undefined): PriceTable {
  const rows = models.flatMap((model) => {
    const row = price(model);
    return row ? [model.id, ...model.aliases].map((name) => [name, row] as const) : [];
  });
  return Object.fromEntries(rows);
}

function rowOf({ prices, steps }: ClaudeModel, factor = 1): PriceRow {
  const row = pricesOf(prices, factor);
  if (!steps) return row;
  return {
    ...row,
    steps: steps.map(({ aboveInputTokens, ...step }) => ({
      above_input_tokens: aboveInputTokens,
      ...pricesOf(step, factor),
    })),
  };
}

function pricesOf({ input, output, cacheRead = input / 10 }: ModelPrices, factor = 1): Omit<PriceRow, 'steps'> {
  const nano = (dollars: number) => Math.round(dollars * factor * NANO);
  return {
    input: nano(input),
    output: nano(output),
    cache_write_5m: nano(input * 1.25),
    cache_write_1h: nano(input * 2),
    cache_read: nano(cacheRead),
  };
}
