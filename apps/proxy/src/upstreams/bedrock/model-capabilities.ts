import { BETA, type Beta } from './betas.js';

/**
 * What a model takes on Bedrock's InvokeModel where models differ.
 * Sources: AWS user guide "Anthropic Claude Messages API"; platform.claude.com "Claude on Amazon Bedrock"; for betas
 * and thinking the body that Claude Code 2.1.329 sends in its own Bedrock mode, which wins where they disagree.
 */
export interface Capabilities {
  /** Which of temperature, top_p and top_k it takes; a value it does not take is a 400. */
  readonly sampling: 'all' | 'temperature_or_top_p' | 'none';
  readonly thinkingTypes: readonly string[];
  readonly thinkingDisplays: readonly string[];
  /** `output_config.effort`; `with_beta` only together with its beta. */
  readonly effort: 'yes' | 'with_beta' | 'no';
  /** `role: "system"` inside `messages`. */
  readonly takesSystemRole: boolean;
  readonly contextTokens: number;
  /** `cache_control.ttl`. */
  readonly hasCacheTtl: boolean;
  /** The kinds of `context_management.edits` that it carries out. */
  readonly contextEdits: readonly string[];
  readonly betas: readonly Beta[];
}

const LATEST_BETAS: readonly Beta[] = [
  BETA.interleavedThinking,
  BETA.toolSearch,
  BETA.thinkingTokenCount,
  BETA.thinkingDisplayUpdates,
  BETA.toolExamples,
  BETA.contextManagement,
  BETA.computerUse2025November,
  BETA.thinkingBindingControls,
  BETA.toolChanges,
];
const BETAS_OF_4_6: readonly Beta[] = [
  BETA.interleavedThinking,
  BETA.toolSearch,
  BETA.toolExamples,
  BETA.contextManagement,
  BETA.compactEdit,
  BETA.computerUse2025November,
  BETA.fineGrainedToolStreaming,
];
const BETAS_OF_4: readonly Beta[] = [
  BETA.interleavedThinking,
  BETA.computerUse2025January,
  BETA.fineGrainedToolStreaming,
];

/** 5.5, and Fable from 5.1 on. */
const LATEST: Capabilities = {
  sampling: 'none',
  thinkingTypes: ['adaptive'],
  thinkingDisplays: ['summarized', 'omitted', 'updates'],
  effort: 'yes',
  takesSystemRole: true,
  contextTokens: 1_000_000,
  hasCacheTtl: true,
  contextEdits: [],
  betas: LATEST_BETAS,
};

/** 4.8 to 5. Interleaved thinking needs no beta on models whose thinking is adaptive. */
const ADAPTIVE: Capabilities = {
  ...LATEST,
  thinkingTypes: ['adaptive', 'disabled'],
  betas: [
    BETA.toolSearch,
    BETA.thinkingDisplayUpdates,
    BETA.toolExamples,
    BETA.contextManagement,
    BETA.computerUse2025November,
  ],
};

const OF_4_6: Capabilities = {
  sampling: 'all',
  thinkingTypes: ['adaptive', 'enabled', 'disabled'],
  thinkingDisplays: [],
  effort: 'yes',
  takesSystemRole: false,
  contextTokens: 1_000_000,
  hasCacheTtl: true,
  contextEdits: ['compact_20260112'],
  betas: BETAS_OF_4_6,
};

/**
 * `clear_thinking_*` is left out on purpose: Claude Code leaves it out on Bedrock, and its "keep all" changes nothing.
 */
const OF_4_5: Capabilities = {
  ...OF_4_6,
  sampling: 'temperature_or_top_p',
  thinkingTypes: ['enabled', 'disabled'],
  effort: 'no',
  contextTokens: 200_000,
  contextEdits: ['clear_tool_uses_20250919'],
  betas: [BETA.toolSearch, BETA.toolExamples, BETA.contextManagement, ...BETAS_OF_4],
};

const OF_4: Capabilities = {
  ...OF_4_5,
  sampling: 'all',
  hasCacheTtl: false,
  contextEdits: [],
  betas: BETAS_OF_4,
};

const BY_MODEL: Readonly<Record<string, Capabilities>> = {
  'claude-fable-5-2': LATEST,
  'claude-fable-5-1': LATEST,
  'claude-fable-5': { ...ADAPTIVE, thinkingTypes: ['adaptive'] },
  'claude-opus-5-5': { ...LATEST, betas: [...LATEST_BETAS, BETA.compaction] },
  'claude-opus-5': ADAPTIVE,
  'claude-opus-4-8': ADAPTIVE,
  // Refused nearly every beta at launch, and tool search as "not supported for this model".
  'claude-opus-4-7': {
    ...ADAPTIVE,
    takesSystemRole: false,
    betas: [BETA.thinkingDisplayUpdates, BETA.computerUse2025November],
  },
  'claude-opus-4-6': OF_4_6,
  'claude-opus-4-5-20251101': {
    ...OF_4_5,
    effort: 'with_beta',
    contextEdits: [],
    betas: [
      BETA.interleavedThinking,
      BETA.toolSearch,
      BETA.toolExamples,
      BETA.contextManagement,
      BETA.effort,
      BETA.computerUse2025November,
      BETA.fineGrainedToolStreaming,
    ],
  },
  'claude-sonnet-5-5': { ...LATEST, thinkingTypes: ['adaptive', 'between_tools'] },
  'claude-sonnet-5': { ...ADAPTIVE, takesSystemRole: false },
  'claude-sonnet-4-6': OF_4_6,
  'claude-sonnet-4-5-20250929': OF_4_5,
  'claude-haiku-5-5': {
    ...LATEST,
    thinkingTypes: ['adaptive', 'disabled'],
    betas: [...LATEST_BETAS, BETA.compaction],
  },
  'claude-haiku-4-5-20251001': { ...OF_4_5, betas: [BETA.contextManagement, ...BETAS_OF_4] },
  'claude-opus-4-1-20250805': OF_4,
  'claude-sonnet-4-20250514': { ...OF_4, contextTokens: 1_000_000, betas: [...BETAS_OF_4, BETA.context1m] },
};

/** For an ARN that does not name its model: what the caller says is kept, and left out when Bedrock refuses it. */
export const CAPABILITIES_OF_UNKNOWN: Capabilities = {
  ...OF_4_6,
  thinkingTypes: ['adaptive', 'enabled', 'disabled', 'between_tools'],
  thinkingDisplays: LATEST.thinkingDisplays,
  takesSystemRole: true,
  contextEdits: [],
  betas: Object.values(BETA),
};

/** `model` is a dated or dateless id as the table of `models.ts` has it. */
export function capabilitiesOf(model: string): Capabilities {
  return BY_MODEL[model] ?? CAPABILITIES_OF_UNKNOWN;
}
