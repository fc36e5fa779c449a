import type { FinishedExchange } from '../exchange/exchange.js';

/** What each word of a figure counts: docs/figures.md. Every room that adds up figures uses these functions. */

/** An answer: an upstream has reported tokens for a request to a model, whether it ended whole or cut off. */
export function isAnswer({ usage, upstream }: Pick<FinishedExchange, 'usage' | 'upstream'>): boolean {
  return usage !== undefined && upstream !== undefined;
}

interface Tokens {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
}

/** All tokens, from a cache or not. */
export function allTokensOf(counts: Tokens): number {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = counts;
  return input_tokens + output_tokens + cache_creation_input_tokens + cache_read_input_tokens;
}

/** In dollars; null if there are answers and none of them has a price, because 0 would mean free of charge. */
export function costOf(nanoUsd: number, unpricedAnswers: number): number | null {
  return nanoUsd === 0 && unpricedAnswers > 0 ? null : nanoUsd / 1e9;
}
