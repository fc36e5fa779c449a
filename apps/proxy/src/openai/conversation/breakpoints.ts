import { isJsonObject, type JsonObject } from '../json-object.js';

/** A breakpoint of prompt caching that the caller has set: in Anthropic's words or in OpenAI's. */
export function breakpointOf({
  cache_control: given,
  prompt_cache_breakpoint: openAi,
}: JsonObject): JsonObject | undefined {
  if (isJsonObject(given)) return cacheControl(given.ttl);
  return isJsonObject(openAi) || openAi === true ? cacheControl(undefined) : undefined;
}

export function cacheControl(ttl: unknown): JsonObject {
  return { type: 'ephemeral', ...(ttl === '5m' || ttl === '1h' ? { ttl } : {}) };
}

export function withBreakpoint(block: JsonObject, breakpoint: JsonObject | undefined): JsonObject {
  return breakpoint ? { ...block, cache_control: breakpoint } : block;
}

/** A breakpoint on a whole message is one behind its last block. */
export function withLastBreakpoint(blocks: readonly JsonObject[], breakpoint: JsonObject | undefined): JsonObject[] {
  const last = blocks.at(-1);
  return breakpoint && last ? [...blocks.slice(0, -1), withBreakpoint(last, breakpoint)] : [...blocks];
}
