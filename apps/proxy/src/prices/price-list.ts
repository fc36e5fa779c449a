import { readFileSync } from 'node:fs';
import { countOf, separateIterationsOf, type Usage } from '@claude-proxy/messages-api';
import { z } from 'zod';
import { ConfigError } from '../config/read-config.js';

const price = z.number().int().min(0);
const prices = {
  input: price,
  output: price,
  cache_write_5m: price,
  cache_write_1h: price,
  cache_read: price,
};
const priceRow = z.strictObject({
  ...prices,
  /** Higher prices for the whole request, if its input (including the cache) exceeds a number of tokens. */
  steps: z.array(z.strictObject({ above_input_tokens: z.number().int().min(1), ...prices })).optional(),
});
const priceTable = z.record(z.string(), priceRow);
const priceListSchema = z.strictObject({
  /** The day on which the prices were looked up. */
  date: z.iso.date(),
  sources: z.array(z.string()),
  /** Nano-dollars per search. */
  web_search_nano_usd: price,
  /** Price by place of inference, in percent: 110 is a tenth more. */
  inference_geo_percent: z.record(z.string(), price),
  /** Price in a batch, in percent. */
  batch_percent: price,
  /** By the `billedAs` of an answer (`anthropic`, `bedrock-global`, `bedrock-regional`), then by model. */
  upstreams: z.record(z.string(), priceTable),
  /** Prices of `speed: fast`, by model. */
  fast: priceTable,
});
const overrideSchema = priceListSchema.partial();

/** Prices in nano-dollars per 1,000 tokens. */
export type PriceList = z.infer<typeof priceListSchema>;
type PriceRow = z.infer<typeof priceRow>;
type Prices = Omit<PriceRow, 'steps'>;

/** The list with the overrides of an operator's file, per model. @throws ConfigError */
export function priceListWith(published: PriceList, path: string | undefined): PriceList {
  if (!path) return published;
  const override = readOverride(path);
  const upstreams = { ...published.upstreams };
  for (const [name, models] of Object.entries(override.upstreams ?? {})) {
    upstreams[name] = { ...upstreams[name], ...models };
  }
  return { ...published, ...override, upstreams, fast: { ...published.fast, ...override.fast } };
}

function readOverride(path: string): z.infer<typeof overrideSchema> {
  try {
    return overrideSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new ConfigError([`PRICE_LIST_FILE is "${path}", which cannot be used: ${reason}`]);
  }
}

/**
 * The cost of one answer in nano-dollars; null, not 0, if a price is unknown.
 * Source: https://platform.claude.com/docs/en/about-claude/pricing
 */
export function costOf(list: PriceList, billedAs: string, model: string, usage: Usage): number | null {
  const own = tokensCost(list, billedAs, model, usage);
  const rest = iterationsCost(list, billedAs, model, usage);
  if (own === null || rest === null) return null;
  const searches = countOf(usage.server_tool_use?.web_search_requests) * list.web_search_nano_usd;
  return Math.round((own + rest) / 1_000) + searches;
}

/** Unit: nano-dollars per 1,000 tokens, times tokens. */
function tokensCost(list: PriceList, billedAs: string, model: string, usage: Usage): number | null {
  const isFast = usage.speed === 'fast';
  const table = isFast ? list.fast : list.upstreams[billedAs];
  const row = table?.[model] ?? table?.[plainName(model)];
  if (!row) return null;
  const { cache_creation: creation } = usage;
  const hourWrites = countOf(creation?.ephemeral_1h_input_tokens);
  const allWrites =
    countOf(usage.cache_creation_input_tokens) || hourWrites + countOf(creation?.ephemeral_5m_input_tokens);
  const input = countOf(usage.input_tokens);
  const read = countOf(usage.cache_read_input_tokens);
  const prices = pricesFor(row, input + allWrites + read);
  const cost =
    input * prices.input +
    countOf(usage.output_tokens) * prices.output +
    (allWrites - hourWrites) * prices.cache_write_5m +
    hourWrites * prices.cache_write_1h +
    read * prices.cache_read;
  const geoPercent = list.inference_geo_percent[usage.inference_geo ?? ''] ?? 100;
  const tierPercent = usage.service_tier === 'batch' ? list.batch_percent : 100;
  return (cost * geoPercent * tierPercent) / 10_000;
}

/** Each iteration has the price of its own model, with the place and the tier of the whole answer. */
function iterationsCost(list: PriceList, billedAs: string, model: string, usage: Usage): number | null {
  const { inference_geo, service_tier } = usage;
  const shared = { ...(inference_geo && { inference_geo }), ...(service_tier && { service_tier }) };
  let sum = 0;
  for (const iteration of separateIterationsOf(usage)) {
    const own = typeof iteration.model === 'string' ? iteration.model : model;
    const cost = tokensCost(list, billedAs, own, { ...shared, ...(iteration as Usage) });
    if (cost === null) return null;
    sum += cost;
  }
  return sum;
}

function pricesFor(row: PriceRow, inputTokens: number): Prices {
  const step = row.steps?.findLast(({ above_input_tokens }) => inputTokens > above_input_tokens);
  return step ?? row;
}

/** The name without its date and without a context suffix, as in `claude-opus-5-5[1m]`. */
function plainName(model: string): string {
  return model.replace(/\[[^\]]*\]$/, '').replace(/-\d{8}$/, '');
}
