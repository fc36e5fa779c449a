import type { FinishedExchange } from '../exchange/exchange.js';

type Ending = Pick<FinishedExchange, 'outcome' | 'status' | 'attempts' | 'hasOperatorCredential'>;

/** Anthropic's status for a key that is unknown, unpaid or not allowed. */
const REFUSALS_OF_KEYS = new Set([401, 402, 403]);

/**
 * A refusal that only the caller can correct. A 429 of an upstream is not one, because a fallback should have answered.
 * A refused key of the operator is not one either.
 */
export function isCallersError({ outcome, status, attempts, hasOperatorCredential }: Ending): boolean {
  if (outcome !== 'refused' || status < 400 || status > 499) return false;
  if (status === 429) return attempts.length === 0;
  return !(hasOperatorCredential && REFUSALS_OF_KEYS.has(status));
}
