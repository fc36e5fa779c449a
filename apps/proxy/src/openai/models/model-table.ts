/** `one_of`: temperature or top_p, not both. */
type Sampling = 'all' | 'one_of' | 'none';
type ThinkingKind = 'adaptive' | 'enabled' | 'disabled' | 'between_tools';
export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** What a translator has to know of a model. */
export interface ModelRow {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly displayName: string;
  /** UTC date of its release. */
  readonly released: string;
  readonly lifecycle: 'active' | 'deprecated';
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly sampling: Sampling;
  /** `tool_choice` of `any` or `tool`; a 400 elsewhere. */
  readonly takesForcedTools: boolean;
  readonly thinking: readonly ThinkingKind[];
  /** Ascending; empty where `output_config.effort` is a 400. */
  readonly efforts: readonly Effort[];
  /** `output_config.format`. */
  readonly hasStructuredOutput: boolean;
  /** `role: "system"` after the first message. */
  readonly takesSystemTurns: boolean;
  /** Not everybody has access: answered when asked for by name, not listed. */
  readonly isLimited: boolean;
}

type Traits = Omit<ModelRow, 'id' | 'aliases' | 'displayName' | 'released'>;

const LATEST: Traits = {
  lifecycle: 'active',
  contextTokens: 1_000_000,
  maxOutputTokens: 128_000,
  sampling: 'none',
  takesForcedTools: false,
  thinking: ['adaptive'],
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  hasStructuredOutput: true,
  takesSystemTurns: true,
  isLimited: false,
};
const MYTHOS: Traits = { ...LATEST, isLimited: true };
const ADAPTIVE: Traits = { ...LATEST, takesForcedTools: true, thinking: ['adaptive', 'disabled'] };
const WITHOUT_SYSTEM_TURNS: Traits = { ...ADAPTIVE, takesSystemTurns: false };
const OF_4_6: Traits = {
  ...WITHOUT_SYSTEM_TURNS,
  sampling: 'all',
  thinking: ['adaptive', 'enabled', 'disabled'],
  efforts: ['low', 'medium', 'high', 'max'],
};
const OF_4_5: Traits = {
  ...OF_4_6,
  contextTokens: 200_000,
  maxOutputTokens: 64_000,
  sampling: 'one_of',
  thinking: ['enabled', 'disabled'],
  efforts: [],
};

/**
 * Newest first. A model that is not here is refused on the OpenAI endpoints: how to ask it is not known.
 * Source: https://platform.claude.com/docs/en/about-claude/models, November 2026.
 */
export const MODELS: readonly ModelRow[] = [
  row('claude-fable-5-2', 'Claude Fable 5.2', '2026-11-09', LATEST),
  row('claude-mythos-5-2', 'Claude Mythos 5.2', '2026-11-09', MYTHOS),
  row('claude-haiku-5-5', 'Claude Haiku 5.5', '2026-10-07', ADAPTIVE, 'haiku'),
  row(
    'claude-sonnet-5-5',
    'Claude Sonnet 5.5',
    '2026-09-28',
    { ...LATEST, thinking: ['adaptive', 'between_tools'] },
    'sonnet',
  ),
  row('claude-opus-5-5', 'Claude Opus 5.5', '2026-09-22', LATEST, 'opus'),
  row('claude-fable-5-1', 'Claude Fable 5.1', '2026-09-01', LATEST),
  row('claude-mythos-5-1', 'Claude Mythos 5.1', '2026-09-01', MYTHOS),
  row('claude-opus-5', 'Claude Opus 5', '2026-07-24', ADAPTIVE),
  row('claude-sonnet-5', 'Claude Sonnet 5', '2026-06-30', WITHOUT_SYSTEM_TURNS),
  row('claude-fable-5', 'Claude Fable 5', '2026-06-09', { ...LATEST, takesForcedTools: true }),
  row('claude-mythos-5', 'Claude Mythos 5', '2026-06-09', { ...MYTHOS, takesForcedTools: true }),
  row('claude-opus-4-8', 'Claude Opus 4.8', '2026-05-28', ADAPTIVE),
  row('claude-opus-4-7', 'Claude Opus 4.7', '2026-04-16', WITHOUT_SYSTEM_TURNS),
  row('claude-sonnet-4-6', 'Claude Sonnet 4.6', '2026-02-17', OF_4_6),
  row('claude-opus-4-6', 'Claude Opus 4.6', '2026-02-05', OF_4_6),
  row(
    'claude-opus-4-5-20251101',
    'Claude Opus 4.5',
    '2025-11-24',
    { ...OF_4_5, efforts: ['low', 'medium', 'high'] },
    'claude-opus-4-5',
  ),
  row('claude-haiku-4-5-20251001', 'Claude Haiku 4.5', '2025-10-15', OF_4_5, 'claude-haiku-4-5'),
  row(
    'claude-sonnet-4-5-20250929',
    'Claude Sonnet 4.5',
    '2025-09-29',
    { ...OF_4_5, lifecycle: 'deprecated' },
    'claude-sonnet-4-5',
  ),
];

export const LISTED_MODELS: readonly ModelRow[] = MODELS.filter(({ isLimited }) => !isLimited);

const ROW_BY_NAME = new Map(MODELS.flatMap((model) => [model.id, ...model.aliases].map((name) => [name, model])));
/** How tools for several vendors spell the vendor. */
const VENDOR = /^anthropic\//;

/** The model of exactly this id or alias. Never a guess: a wrong one may cost fifty times as much. */
export function modelNamed(name: string): ModelRow | undefined {
  return ROW_BY_NAME.get(name.replace(VENDOR, ''));
}

function row(id: string, displayName: string, released: string, traits: Traits, ...aliases: string[]): ModelRow {
  return { id, displayName, released, aliases, ...traits };
}
