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

/** A count that an answer reported, or 0 where it is none. */
export function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}
