/** US dollars per million tokens. Cache writes cost 1.25 (5 minutes) and 2 times (1 hour) the input. */
export interface ModelPrices {
  readonly input: number;
  readonly output: number;
  /** A tenth of the input where it is not given. */
  readonly cacheRead?: number;
}

/** Dearer prices for the whole request once its input, cache included, exceeds a number of tokens. */
interface PriceStep extends ModelPrices {
  readonly aboveInputTokens: number;
}

type Platform = 'anthropic' | 'bedrock';

/** A Claude model: its names, its life and its prices. Dates are UTC days, `YYYY-MM-DD`. */
export interface ClaudeModel {
  readonly id: string;
  /** Further names of exactly this model. */
  readonly aliases: readonly string[];
  readonly displayName: string;
  readonly released: string;
  /** The day on which Anthropic announced the end. */
  readonly deprecated?: string;
  /** The first day on which the Claude API no longer answers for it. */
  readonly retires?: string;
  /** The id that Anthropic recommends in its place. */
  readonly successor?: string;
  /** Where it is sold today. */
  readonly platforms: readonly Platform[];
  readonly prices: ModelPrices;
  readonly steps?: readonly PriceStep[];
  /** `speed: "fast"`; only the Claude API has it. */
  readonly fast?: ModelPrices;
  /** Regional profiles of Bedrock cost a tenth more from the 4.5 generation on. */
  readonly hasRegionalSurcharge: boolean;
}

const BOTH: readonly Platform[] = ['anthropic', 'bedrock'];

const CURRENT = { aliases: [], platforms: BOTH, hasRegionalSurcharge: true } as const;
/** Mythos has no public ids on Bedrock. */
const ANTHROPIC_ONLY = { ...CURRENT, platforms: ['anthropic'] } as const;
/** Retired at the Claude API, still sold by AWS. */
const BEDROCK_ONLY = { platforms: ['bedrock'], hasRegionalSurcharge: false } as const;

const FABLE_5_2 = { prices: { input: 8, output: 40, cacheRead: 0.2 }, fast: { input: 16, output: 80, cacheRead: 0.4 } };
const FABLE_5_1 = { prices: { input: 10, output: 50, cacheRead: 0.25 } };
const FABLE_5 = { prices: { input: 10, output: 50 } };
const OPUS_5 = { prices: { input: 5, output: 25 } };
const FAST_OPUS_5 = { fast: { input: 10, output: 50 } };
/** The beta `context-1m-2025-08-07` of these two: twice the input, one and a half times the output. */
const SONNET_4 = {
  prices: { input: 3, output: 15 },
  steps: [{ aboveInputTokens: 200_000, input: 6, output: 22.5 }],
};

/**
 * Newest first; a new model is one row.
 *
 * Sources, November 2026: https://platform.claude.com/docs/en/about-claude/models, …/about-claude/pricing,
 * …/about-claude/model-deprecations, …/build-with-claude/fast-mode, https://aws.amazon.com/bedrock/pricing/
 * The fast prices of Opus 5.5, Fable 5.2 and Mythos 5.2 were read from a third party on 2026-11-12.
 */
export const MODELS: readonly ClaudeModel[] = [
  { ...CURRENT, ...FABLE_5_2, id: 'claude-fable-5-2', displayName: 'Claude Fable 5.2', released: '2026-11-09' },
  {
    ...ANTHROPIC_ONLY,
    ...FABLE_5_2,
    id: 'claude-mythos-5-2',
    displayName: 'Claude Mythos 5.2',
    released: '2026-11-09',
  },
  {
    ...CURRENT,
    id: 'claude-haiku-5-5',
    displayName: 'Claude Haiku 5.5',
    released: '2026-10-07',
    prices: { input: 0.1, output: 0.5 },
    steps: [{ aboveInputTokens: 100_000, input: 0.5, output: 2.5 }],
  },
  {
    ...CURRENT,
    id: 'claude-sonnet-5-5',
    displayName: 'Claude Sonnet 5.5',
    released: '2026-09-28',
    prices: { input: 2, output: 10, cacheRead: 0.1 },
  },
  {
    ...CURRENT,
    id: 'claude-opus-5-5',
    displayName: 'Claude Opus 5.5',
    released: '2026-09-22',
    prices: { input: 4, output: 20, cacheRead: 0.2 },
    fast: { input: 8, output: 40, cacheRead: 0.4 },
  },
  { ...CURRENT, ...FABLE_5_1, id: 'claude-fable-5-1', displayName: 'Claude Fable 5.1', released: '2026-09-01' },
  {
    ...ANTHROPIC_ONLY,
    ...FABLE_5_1,
    id: 'claude-mythos-5-1',
    displayName: 'Claude Mythos 5.1',
    released: '2026-09-01',
  },
  { ...CURRENT, ...OPUS_5, ...FAST_OPUS_5, id: 'claude-opus-5', displayName: 'Claude Opus 5', released: '2026-07-24' },
  {
    ...CURRENT,
    id: 'claude-sonnet-5',
    displayName: 'Claude Sonnet 5',
    released: '2026-06-30',
    prices: { input: 2, output: 10 },
  },
  { ...CURRENT, ...FABLE_5, id: 'claude-fable-5', displayName: 'Claude Fable 5', released: '2026-06-09' },
  { ...ANTHROPIC_ONLY, ...FABLE_5, id: 'claude-mythos-5', displayName: 'Claude Mythos 5', released: '2026-06-09' },
  {
    ...CURRENT,
    ...OPUS_5,
    ...FAST_OPUS_5,
    id: 'claude-opus-4-8',
    displayName: 'Claude Opus 4.8',
    released: '2026-05-28',
  },
  { ...CURRENT, ...OPUS_5, id: 'claude-opus-4-7', displayName: 'Claude Opus 4.7', released: '2026-04-16' },
  {
    ...CURRENT,
    id: 'claude-sonnet-4-6',
    displayName: 'Claude Sonnet 4.6',
    released: '2026-02-17',
    prices: { input: 3, output: 15 },
  },
  { ...CURRENT, ...OPUS_5, id: 'claude-opus-4-6', displayName: 'Claude Opus 4.6', released: '2026-02-05' },
  {
    ...CURRENT,
    ...OPUS_5,
    id: 'claude-opus-4-5-20251101',
    aliases: ['claude-opus-4-5'],
    displayName: 'Claude Opus 4.5',
    released: '2025-11-24',
    deprecated: '2026-11-23',
    retires: '2027-01-22',
    successor: 'claude-opus-5-5',
  },
  {
    ...CURRENT,
    id: 'claude-haiku-4-5-20251001',
    aliases: ['claude-haiku-4-5'],
    displayName: 'Claude Haiku 4.5',
    released: '2025-10-15',
    prices: { input: 1, output: 5 },
  },
  {
    ...CURRENT,
    ...SONNET_4,
    id: 'claude-sonnet-4-5-20250929',
    aliases: ['claude-sonnet-4-5'],
    displayName: 'Claude Sonnet 4.5',
    released: '2025-09-29',
    deprecated: '2026-09-30',
    retires: '2026-11-30',
    successor: 'claude-sonnet-5-5',
  },
  {
    ...BEDROCK_ONLY,
    id: 'claude-opus-4-1-20250805',
    aliases: ['claude-opus-4-1'],
    displayName: 'Claude Opus 4.1',
    released: '2025-08-05',
    retires: '2026-08-05',
    successor: 'claude-opus-5-5',
    prices: { input: 15, output: 75 },
  },
  {
    ...BEDROCK_ONLY,
    ...SONNET_4,
    id: 'claude-sonnet-4-20250514',
    aliases: ['claude-sonnet-4', 'claude-sonnet-4-0'],
    displayName: 'Claude Sonnet 4',
    released: '2025-05-22',
    retires: '2026-06-15',
    successor: 'claude-sonnet-5-5',
  },
];

const MODEL_BY_NAME = new Map(MODELS.flatMap((model) => [model.id, ...model.aliases].map((name) => [name, model])));

/** The model of exactly this id or alias; never a guess by prefix. */
export function modelNamed(name: string): ClaudeModel | undefined {
  return MODEL_BY_NAME.get(name);
}
