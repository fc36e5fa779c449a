/**
 * Token counts of one answer, in Anthropic's words. Absent fields were not reported.
 * Input side in all: `input_tokens + cache_creation_input_tokens + cache_read_input_tokens`.
 */
export interface Usage {
  input_tokens?: number;
  output_tokens?: number;
  cache_creation_input_tokens?: number;
  cache_read_input_tokens?: number;
  cache_creation?: { ephemeral_5m_input_tokens?: number; ephemeral_1h_input_tokens?: number };
  server_tool_use?: { web_search_requests?: number; web_fetch_requests?: number };
  service_tier?: string;
  inference_geo?: string;
  speed?: string;
  iterations?: readonly Record<string, unknown>[];
}

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
