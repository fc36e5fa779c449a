import type { FinishedExchange } from '../exchange/exchange.js';

type Ending = Pick<FinishedExchange, 'outcome' | 'status' | 'attempts' | 'hasOperatorCredential'>;

/** What Anthropic says of a key: it is not known, not paid for, not allowed. */
const REFUSALS_OF_KEYS = new Set([401, 402, 403]);

/**
 * A refusal that only the caller can correct. A 429 of an upstream is not one, because a fallback should have answered; nor is a
 * refused key where the key is the operator's.
 */
export function isCallersError({ outcome, status, attempts, hasOperatorCredential }: Ending): boolean {
  if (outcome !== 'refused' || status < 400 || status > 499) return false;
  if (status === 429) return attempts.length === 0;
  return !(hasOperatorCredential && REFUSALS_OF_KEYS.has(status));
}
