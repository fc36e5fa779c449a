import type { BetaUsage } from '@anthropic-ai/sdk/resources/beta/messages';

/**
 * Token counts of one answer, in Anthropic's words. Absent fields were not reported.
 * Input side in all: `input_tokens + cache_creation_input_tokens + cache_read_input_tokens`.
 */
export type Usage = { [Field in keyof Counted]?: Partial<NonNullable<Counted[Field]>> } & {
  service_tier?: string;
  inference_geo?: string;
  speed?: string;
  iterations?: readonly Record<string, unknown>[];
};

/** The SDK's own words; the rest of them are lists that grow with each model. */
type Counted = Pick<
  BetaUsage,
  | 'input_tokens'
  | 'output_tokens'
  | 'cache_creation_input_tokens'
  | 'cache_read_input_tokens'
  | 'cache_creation'
  | 'server_tool_use'
>;

/**
 * Lays a later report over an earlier one. The counts of a stream are cumulative, so a later value replaces
 * an earlier one and nothing is ever added; `null` and absent values leave what is known.
 */
export function mergeUsage(known: Usage | undefined, reported: unknown): Usage | undefined {
  if (typeof reported !== 'object' || reported === null) return known;
  const merged: Record<string, unknown> = { ...known };
  for (const [field, value] of Object.entries(reported)) {
    if (value !== null && value !== undefined) merged[field] = value;
  }
  return merged as Usage;
}

/** Sampling beside the answer itself; its counts are not in those at the top. */
const SEPARATE_TYPES = new Set<unknown>(['compaction', 'advisor_message']);

/**
 * The iterations whose tokens are billed and are not in the counts at the top: compaction, advice, and the attempt of a
 * model that declined before a server-side fallback answered.
 * Source: the docblocks of `BetaIterationsUsage` and `BetaFallbackMessageIterationUsage` in Anthropic's SDK
 */
export function separateIterationsOf({ iterations }: Usage): readonly Record<string, unknown>[] {
  if (!Array.isArray(iterations)) return [];
  const known = iterations.filter((each) => typeof each === 'object' && each !== null);
  const served = known.find(({ type }) => type === 'fallback_message');
  const hasDeclined = ({ type, model }: Record<string, unknown>) =>
    served !== undefined && type === 'message' && typeof model === 'string' && model !== served.model;
  return known.filter((each) => SEPARATE_TYPES.has(each.type) || hasDeclined(each));
}

/** The counts at the top with those of the separate iterations added: every token that is billed, once. */
export function billedUsage(usage: Usage): Usage {
  const separate = separateIterationsOf(usage) as readonly Usage[];
  if (separate.length === 0) return usage;
  const sum = (count: (each: Usage) => unknown) =>
    Math.min(
      [usage, ...separate].reduce((total, each) => total + countOf(count(each)), 0),
      MAX_COUNT,
    );
  return {
    ...usage,
    input_tokens: sum((each) => each.input_tokens),
    output_tokens: sum((each) => each.output_tokens),
    cache_read_input_tokens: sum((each) => each.cache_read_input_tokens),
    cache_creation_input_tokens: sum((each) => each.cache_creation_input_tokens),
    cache_creation: {
      ephemeral_5m_input_tokens: sum((each) => each.cache_creation?.ephemeral_5m_input_tokens),
      ephemeral_1h_input_tokens: sum((each) => each.cache_creation?.ephemeral_1h_input_tokens),
    },
  };
}

/**
 * No answer has more tokens than this: context windows hold some millions. A larger number is a mistake of its upstream,
 * and so many answers as a day has still add up to an exact sum.
 */
export const MAX_COUNT = 100_000_000;

/** A count that an answer reported, or 0 where it is none: no number, negative, a fraction, or beyond `MAX_COUNT`. */
export function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= MAX_COUNT ? value : 0;
}
