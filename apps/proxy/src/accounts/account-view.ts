import type { Account as AccountAnswer, AccountClosure, AccountWindow } from '@claude-proxy/admin-api';
import type { Account } from './account.js';
import type { Closure } from './account-closures.js';
import type { AccountUse } from './account-figures.js';
import type { AccountPool } from './account-pool.js';

const NANO = 1e9;

/** An account as the admin API shows it. */
export function accountView(
  account: Account,
  pool: AccountPool,
  use: AccountUse | undefined,
  sessions: number,
): AccountAnswer {
  const nowMs = pool.nowMs();
  const owners = pool.list.ownersOf(account);
  const closures = closureViewsOf(account, pool);
  const input = (use?.input_tokens ?? 0) + (use?.cache_read ?? 0) + (use?.cache_write ?? 0);
  return {
    id: account.id,
    name: account.name,
    fingerprint: account.credential.fingerprint,
    origin: account.origin,
    organization: idIn(owners.organization, account),
    workspace: idIn(owners.workspace, account),
    priority: account.priority,
    weight: account.weight,
    models: account.models.length > 0 ? account.models : null,
    ...stateOf(account, closures),
    closures,
    windows: windowsOf(pool, owners.organization, nowMs),
    sessions,
    requests: use?.requests ?? 0,
    tokens: input + (use?.output_tokens ?? 0),
    cost_usd: (use?.cost_nano_usd ?? 0) / NANO,
    cache_hit_share: input > 0 ? (use?.cache_read ?? 0) / input : null,
    last_used_at: use?.lastUsedAt ?? null,
  };
}

/** A key that no answer has named the owners of counts as its own. */
function idIn(owner: string, { id }: Account): string | null {
  const name = owner.slice(owner.indexOf(':') + 1);
  return name === id ? null : name;
}

function closureView({ fault, group, reason, untilMs }: Closure & { readonly group: string }): AccountClosure {
  return { state: fault, group, reason, until: untilMs ?? null };
}

export function closureViewsOf(account: Account, pool: AccountPool): AccountClosure[] {
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

function windowsOf({ headRoom }: AccountPool, organization: string, nowMs: number): AccountWindow[] {
  return [...headRoom.windowsOf(organization, nowMs)].map(
    ({ group, kind, limit, remaining, fullAtMs, lastsUntilMs }) => ({
      group,
      kind,
      limit,
      remaining,
      full_at: Math.round(fullAtMs),
      lasts_until: lastsUntilMs === undefined ? null : Math.round(lastsUntilMs),
    }),
  );
}
