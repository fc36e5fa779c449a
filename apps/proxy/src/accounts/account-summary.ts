import type { Account } from './account.js';
import { closureViewsOf, stateOf } from './account-state.js';
import type { PoolState } from './pool-state.js';

/** One account, as readiness and metrics show it. */
export interface AccountSummary {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  /** Epoch milliseconds. */
  readonly until: number | null;
}

export function summaryOf(account: Account, pool: PoolState): AccountSummary {
  const { state, state_reason: reason, state_until: until } = stateOf(account, closureViewsOf(account, pool));
  return { name: account.name, state, reason, until };
}
