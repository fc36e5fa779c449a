import type { Account as AccountAnswer, AccountWindow } from '@claude-proxy/admin-api';
import type { Account } from './account.js';
import type { AccountUse } from './account-figures.js';
import { closureViewsOf, stateOf } from './account-state.js';
import type { PoolState } from './pool-state.js';

const NANO = 1e9;

/** An account as the admin API shows it. */
export function accountView(
  account: Account,
  pool: PoolState,
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
    revision: account.revision ?? 0,
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

function windowsOf({ headRoom }: PoolState, organization: string, nowMs: number): AccountWindow[] {
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
