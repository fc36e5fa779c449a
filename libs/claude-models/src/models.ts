import type { BedrockModel, ClaudeModel, ModelCapabilities } from './claude-model.js';

// Imports types only: infra/cdk has Node read this file as it is, without a build.

/** 5.5, and Fable from 5.1 on. */
const LATEST: ModelCapabilities = {
  contextTokens: 1_000_000,
  maxOutputTokens: 128_000,
  sampling: 'none',
  thinkingTypes: ['adaptive'],
  thinkingDisplays: ['summarized', 'omitted', 'updates'],
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  takesForcedTools: false,
  takesSystemTurns: true,
};
const ADAPTIVE: ModelCapabilities = { ...LATEST, takesForcedTools: true, thinkingTypes: ['adaptive', 'disabled'] };
const WITHOUT_SYSTEM_TURNS: ModelCapabilities = { ...ADAPTIVE, takesSystemTurns: false };
const OF_4_6: ModelCapabilities = {
  ...WITHOUT_SYSTEM_TURNS,
  sampling: 'all',
  thinkingTypes: ['adaptive', 'enabled', 'disabled'],
  thinkingDisplays: [],
  efforts: ['low', 'medium', 'high', 'max'],
};
const OF_4_5: ModelCapabilities = {
  ...OF_4_6,
  contextTokens: 200_000,
  maxOutputTokens: 64_000,
  sampling: 'temperature_or_top_p',
  thinkingTypes: ['enabled', 'disabled'],
  efforts: [],
};

type OnBedrock = Omit<BedrockModel, 'baseId' | 'geographies'>;

const BEDROCK_LATEST = {
  betas: [
    'interleaved-thinking-2025-05-14',
    'tool-search-tool-2025-10-19',
    'thinking-token-count-2026-05-13',
    'thinking-display-updates-2026-08-18',
    'tool-examples-2025-10-29',
    'context-management-2025-06-27',
    'computer-use-2025-11-24',
    'thinking-binding-controls-2026-08-01',
    'mid-conversation-tool-changes-2026-07-01',
  ],
} as const satisfies OnBedrock;
const BEDROCK_COMPACTING: OnBedrock = { betas: [...BEDROCK_LATEST.betas, 'compact-2026-09-04'] };
/** 4.8 to 5. Interleaved thinking needs no beta on models whose thinking is adaptive. */
const BEDROCK_ADAPTIVE: OnBedrock = {
  betas: [
    'tool-search-tool-2025-10-19',
    'thinking-display-updates-2026-08-18',
    'tool-examples-2025-10-29',
    'context-management-2025-06-27',
    'computer-use-2025-11-24',
  ],
};
const BEDROCK_4_6: OnBedrock = {
  contextEdits: ['compact_20260112'],
  betas: [
    'interleaved-thinking-2025-05-14',
    'tool-search-tool-2025-10-19',
    'tool-examples-2025-10-29',
    'context-management-2025-06-27',
    'compact-2026-01-12',
    'computer-use-2025-11-24',
    'fine-grained-tool-streaming-2025-05-14',
  ],
};
const BETAS_OF_4 = [
  'interleaved-thinking-2025-05-14',
  'computer-use-2025-01-24',
  'fine-grained-tool-streaming-2025-05-14',
] as const;
/**
 * `clear_thinking_*` is left out on purpose: Claude Code leaves it out on Bedrock, and its "keep all" changes nothing.
 */
const CLEARING = { contextEdits: ['clear_tool_uses_20250919'] } as const satisfies OnBedrock;
const BEDROCK_4: OnBedrock = { hasRegionalSurcharge: false, hasCacheTtl: false, betas: BETAS_OF_4 };

const OPUS_5_PRICES = { prices: { input: 5, output: 25 } };
/** The beta `context-1m-2025-08-07` of these two: twice the input, one and a half times the output. */
const SONNET_4_PRICES = {
  prices: { input: 3, output: 15 },
  priceSteps: [{ aboveInputTokens: 200_000, input: 6, output: 22.5 }],
};

/** Mythos is Fable for accounts with access. Its ids on Bedrock are not public (BEDROCK_MODEL_MAP can name one). */
const FABLE_5_2 = {
  ...LATEST,
  released: '2026-11-09',
  prices: { input: 8, output: 40, cacheRead: 0.2 },
  hasFastMode: true,
};
const FABLE_5_1 = { ...LATEST, released: '2026-09-01', prices: { input: 10, output: 50, cacheRead: 0.25 } };
const FABLE_5 = { ...LATEST, takesForcedTools: true, released: '2026-06-09', prices: { input: 10, output: 50 } };

/**
 * Newest first; a new model is one row. `docs/decisions/0034-one-list-of-models.md` says who reads what.
 *
 * Sources, November 2026: https://platform.claude.com/docs/en/about-claude/models, …/about-claude/pricing,
 * …/about-claude/model-deprecations, …/build-with-claude/fast-mode, https://aws.amazon.com/bedrock/pricing/, AWS's model
 * cards and "Anthropic Claude Messages API", and for betas the body that Claude Code 2.1.329 sends in its own Bedrock
 * mode, which wins where they disagree. The fast prices of Opus 5.5, Fable 5.2 and Mythos 5.2 were read from a third
 * party on 2026-11-12: twice the price, as of all others.
 */
export const MODELS: readonly ClaudeModel[] = [
  {
    ...FABLE_5_2,
    id: 'claude-fable-5-2',
    displayName: 'Claude Fable 5.2',
    bedrock: { ...BEDROCK_LATEST, baseId: 'anthropic.claude-fable-5-2', geographies: ['us'] },
  },
  { ...FABLE_5_2, id: 'claude-mythos-5-2', displayName: 'Claude Mythos 5.2', isLimited: true },
  {
    ...ADAPTIVE,
    id: 'claude-haiku-5-5',
    shortName: 'haiku',
    displayName: 'Claude Haiku 5.5',
    released: '2026-10-07',
    prices: { input: 0.1, output: 0.5 },
    priceSteps: [{ aboveInputTokens: 100_000, input: 0.5, output: 2.5 }],
    bedrock: { ...BEDROCK_COMPACTING, baseId: 'anthropic.claude-haiku-5-5', geographies: ['us', 'eu', 'au', 'jp'] },
  },
  {
    ...LATEST,
    thinkingTypes: ['adaptive', 'between_tools'],
    id: 'claude-sonnet-5-5',
    shortName: 'sonnet',
    displayName: 'Claude Sonnet 5.5',
    released: '2026-09-28',
    prices: { input: 2, output: 10, cacheRead: 0.1 },
    bedrock: { ...BEDROCK_LATEST, baseId: 'anthropic.claude-sonnet-5-5', geographies: ['us', 'eu'] },
  },
  {
    ...LATEST,
    id: 'claude-opus-5-5',
    shortName: 'opus',
    displayName: 'Claude Opus 5.5',
    released: '2026-09-22',
    prices: { input: 4, output: 20, cacheRead: 0.2 },
    hasFastMode: true,
    bedrock: { ...BEDROCK_COMPACTING, baseId: 'anthropic.claude-opus-5-5', geographies: ['us', 'eu', 'au', 'jp'] },
  },
  {
    ...FABLE_5_1,
    id: 'claude-fable-5-1',
    displayName: 'Claude Fable 5.1',
    bedrock: { ...BEDROCK_LATEST, baseId: 'anthropic.claude-fable-5-1', geographies: ['us'] },
  },
  { ...FABLE_5_1, id: 'claude-mythos-5-1', displayName: 'Claude Mythos 5.1', isLimited: true },
  {
    ...ADAPTIVE,
    ...OPUS_5_PRICES,
    id: 'claude-opus-5',
    displayName: 'Claude Opus 5',
    released: '2026-07-24',
    hasFastMode: true,
    bedrock: { ...BEDROCK_ADAPTIVE, baseId: 'anthropic.claude-opus-5', geographies: ['us', 'eu', 'au', 'jp', 'in'] },
  },
  {
    ...WITHOUT_SYSTEM_TURNS,
    id: 'claude-sonnet-5',
    displayName: 'Claude Sonnet 5',
    released: '2026-06-30',
    prices: { input: 2, output: 10 },
    bedrock: { ...BEDROCK_ADAPTIVE, baseId: 'anthropic.claude-sonnet-5', geographies: ['us', 'eu', 'au', 'jp', 'in'] },
  },
  {
    ...FABLE_5,
    id: 'claude-fable-5',
    displayName: 'Claude Fable 5',
    bedrock: { ...BEDROCK_ADAPTIVE, baseId: 'anthropic.claude-fable-5', geographies: ['us', 'eu'] },
  },
  { ...FABLE_5, id: 'claude-mythos-5', displayName: 'Claude Mythos 5', isLimited: true },
  {
    ...ADAPTIVE,
    ...OPUS_5_PRICES,
    id: 'claude-opus-4-8',
    displayName: 'Claude Opus 4.8',
    released: '2026-05-28',
    hasFastMode: true,
    bedrock: { ...BEDROCK_ADAPTIVE, baseId: 'anthropic.claude-opus-4-8', geographies: ['us', 'eu', 'au', 'jp'] },
  },
  {
    ...WITHOUT_SYSTEM_TURNS,
    ...OPUS_5_PRICES,
    id: 'claude-opus-4-7',
    displayName: 'Claude Opus 4.7',
    released: '2026-04-16',
    bedrock: {
      baseId: 'anthropic.claude-opus-4-7',
      geographies: ['us', 'eu', 'au', 'jp'],
      // Refused nearly every beta at launch, and tool search as "not supported for this model".
      betas: ['thinking-display-updates-2026-08-18', 'computer-use-2025-11-24'],
    },
  },
  {
    ...OF_4_6,
    id: 'claude-sonnet-4-6',
    displayName: 'Claude Sonnet 4.6',
    released: '2026-02-17',
    prices: { input: 3, output: 15 },
    bedrock: { ...BEDROCK_4_6, baseId: 'anthropic.claude-sonnet-4-6', geographies: ['us', 'eu', 'au', 'jp'] },
  },
  {
    ...OF_4_6,
    ...OPUS_5_PRICES,
    id: 'claude-opus-4-6',
    displayName: 'Claude Opus 4.6',
    released: '2026-02-05',
    bedrock: { ...BEDROCK_4_6, baseId: 'anthropic.claude-opus-4-6-v1', geographies: ['us', 'eu', 'au'] },
  },
  {
    ...OF_4_5,
    ...OPUS_5_PRICES,
    efforts: ['low', 'medium', 'high'],
    id: 'claude-opus-4-5-20251101',
    aliases: ['claude-opus-4-5'],
    displayName: 'Claude Opus 4.5',
    released: '2025-11-24',
    deprecated: '2026-11-23',
    retires: '2027-01-22',
    successor: 'claude-opus-5-5',
    bedrock: {
      baseId: 'anthropic.claude-opus-4-5-20251101-v1:0',
      geographies: ['us', 'eu'],
      betas: [
        'interleaved-thinking-2025-05-14',
        'tool-search-tool-2025-10-19',
        'tool-examples-2025-10-29',
        'context-management-2025-06-27',
        'effort-2025-11-24',
        'computer-use-2025-11-24',
        'fine-grained-tool-streaming-2025-05-14',
      ],
    },
  },
  {
    ...OF_4_5,
    id: 'claude-haiku-4-5-20251001',
    aliases: ['claude-haiku-4-5'],
    displayName: 'Claude Haiku 4.5',
    released: '2025-10-15',
    prices: { input: 1, output: 5 },
    bedrock: {
      ...CLEARING,
      baseId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
      geographies: ['us', 'eu', 'au', 'jp', 'in'],
      betas: ['context-management-2025-06-27', ...BETAS_OF_4],
    },
  },
  {
    ...OF_4_5,
    ...SONNET_4_PRICES,
    id: 'claude-sonnet-4-5-20250929',
    aliases: ['claude-sonnet-4-5'],
    displayName: 'Claude Sonnet 4.5',
    released: '2025-09-29',
    deprecated: '2026-09-30',
    retires: '2026-11-30',
    successor: 'claude-sonnet-5-5',
    bedrock: {
      ...CLEARING,
      baseId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
      geographies: ['us', 'eu', 'au', 'jp'],
      betas: [
        'tool-search-tool-2025-10-19',
        'tool-examples-2025-10-29',
        'context-management-2025-06-27',
        ...BETAS_OF_4,
      ],
    },
  },
  {
    ...OF_4_5,
    sampling: 'all',
    maxOutputTokens: 32_000,
    id: 'claude-opus-4-1-20250805',
    aliases: ['claude-opus-4-1'],
    displayName: 'Claude Opus 4.1',
    released: '2025-08-05',
    retires: '2026-08-05',
    successor: 'claude-opus-5-5',
    prices: { input: 15, output: 75 },
    bedrock: {
      ...BEDROCK_4,
      baseId: 'anthropic.claude-opus-4-1-20250805-v1:0',
      geographies: ['us'],
      hasGlobal: false,
    },
  },
  {
    ...OF_4_5,
    ...SONNET_4_PRICES,
    sampling: 'all',
    // With the beta `context-1m-2025-08-07`; 200,000 without it.
    contextTokens: 1_000_000,
    id: 'claude-sonnet-4-20250514',
    aliases: ['claude-sonnet-4', 'claude-sonnet-4-0'],
    displayName: 'Claude Sonnet 4',
    released: '2025-05-22',
    retires: '2026-06-15',
    successor: 'claude-sonnet-5-5',
    bedrock: {
      ...BEDROCK_4,
      baseId: 'anthropic.claude-sonnet-4-20250514-v1:0',
      geographies: ['us', 'eu', 'apac'],
      betas: [...BETAS_OF_4, 'context-1m-2025-08-07'],
    },
  },
];
