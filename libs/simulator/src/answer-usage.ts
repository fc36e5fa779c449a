import type { Usage } from '@claude-proxy/messages-api';

/** Usage as the Messages API reports it, with the thinking share of the output. */
export interface AnswerUsage extends Usage {
  output_tokens_details?: { thinking_tokens: number };
}

const BYTES_PER_TOKEN = 4;

/** Token count of a text or a body of this many bytes: four bytes per token, at least one token. */
export function tokensOfBytes(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BYTES_PER_TOKEN));
}

/**
 * The input side of a request of this size. With cache breakpoints, half of it counts as read from the cache and a
 * quarter as written to it.
 */
export function inputUsage(bodyBytes: number, hasCacheControl: boolean): AnswerUsage {
  const total = tokensOfBytes(bodyBytes);
  const read = hasCacheControl ? Math.floor(total / 2) : 0;
  const written = hasCacheControl ? Math.floor(total / 4) : 0;
  return {
    input_tokens: total - read - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
  };
}

/** Overrides the derived numbers with those given by a test, and keeps the cache split consistent with its sum. */
export function withGivenUsage(derived: AnswerUsage, given: AnswerUsage = {}): AnswerUsage {
  const merged = { ...derived, ...given };
  if (given.cache_creation_input_tokens !== undefined && given.cache_creation === undefined) {
    merged.cache_creation = {
      ephemeral_5m_input_tokens: given.cache_creation_input_tokens,
      ephemeral_1h_input_tokens: 0,
    };
  }
  return merged;
}
