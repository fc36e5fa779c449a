import type { AccountClosure } from '@claude-proxy/admin-api';
import type { Account } from './account.js';
import type { Closure } from './account-closures.js';
import type { PoolState } from './pool-state.js';

function closureView({ fault, group, reason, untilMs }: Closure & { readonly group: string }): AccountClosure {
  return { state: fault, group, reason, until: untilMs ?? null };
}

export function closureViewsOf(account: Account, pool: PoolState): AccountClosure[] {
  if (pool.closures.isEmpty) return [];
  return [...pool.closures.of(pool.list.ownersOf(account), pool.nowMs())].map(closureView);
}

/** The decision of an operator first, then what closes all models, then what lasts longest. */
export function stateOf({ operatorState }: Account, closures: readonly AccountClosure[]) {
  if (operatorState !== 'active')
    return { state: operatorState, state_reason: 'set by an operator', state_until: null };
  const worst = closures.toSorted((a, b) => rankOf(b) - rankOf(a))[0];
  if (!worst) return { state: 'ready', state_reason: null, state_until: null };
  const { state, group, reason, until } = worst;
  return { state, state_reason: group === '*' ? reason : `${group}: ${reason}`, state_until: until };
}

function rankOf({ group, until }: AccountClosure): number {
  const length = until ?? Number.MAX_SAFE_INTEGER;
  return group === '*' ? length + Number.MAX_SAFE_INTEGER : length;
}
