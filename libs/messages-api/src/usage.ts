import type { BetaUsage } from '@anthropic-ai/sdk/resources/beta/messages';

/**
 * Token counts of one answer, with Anthropic's field names. A missing field was not reported.
 * The whole input is `input_tokens + cache_creation_input_tokens + cache_read_input_tokens`.
 */
export type Usage = { [Field in keyof Counted]?: Partial<NonNullable<Counted[Field]>> } & {
  service_tier?: string;
  inference_geo?: string;
  speed?: string;
  iterations?: readonly Record<string, unknown>[];
};

/** The SDK's own fields. The other ones are lists that grow with each model. */
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
 * Merges a later report into an earlier one. The counts of a stream are cumulative: a later value replaces an earlier
 * one and is never added. `null` and missing values keep the earlier value.
 */
export function mergeUsage(known: Usage | undefined, reported: unknown): Usage | undefined {
  if (typeof reported !== 'object' || reported === null) return known;
  const merged: Record<string, unknown> = { ...known };
  for (const [field, value] of Object.entries(reported)) {
    if (value !== null && value !== undefined) merged[field] = value;
  }
  return merged as Usage;
}

/** Sampling beside the answer itself. The top-level counts do not include it. */
const SEPARATE_TYPES = new Set<unknown>(['compaction', 'advisor_message']);

/**
 * The iterations whose tokens are billed but are not in the top-level counts: compaction, advice, and the attempt of a
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

/** The top-level counts plus those of the separate iterations: each billed token once. */
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
 * No answer has more tokens: context windows hold a few million. A larger number is an error of the upstream. With this
 * limit, the sum over all answers of a day stays exact.
 */
export const MAX_COUNT = 100_000_000;

/** A reported count; 0 if it is not a number, negative, a fraction, or above `MAX_COUNT`. */
export function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= MAX_COUNT ? value : 0;
}
