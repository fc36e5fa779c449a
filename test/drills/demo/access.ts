import type { AdminClient } from '@claude-proxy/admin-client';
import type { Exchange } from '../../../apps/proxy/src/exchange/exchange.js';
import { COMPANY, type Member, TEAMS } from './company.js';
import type { PastDay } from './history.js';

const DAY_MS = 24 * 60 * 60_000;
const NANO = 1e9;
/** Where two of the budgets stand: one warns, one refuses. */
const NEAR_SHARE = 0.93;
const NEAR_TEAM = 'payments';
const REACHED_USER = 'ci-nightly';

/** The secret of each client key and its public id, by user. */
export interface DemoKeys {
  readonly secrets: ReadonlyMap<string, string>;
  readonly ids: ReadonlyMap<string, string>;
}

/** Teams, and a key for each member; one more is disabled, one ends soon. */
export async function createKeys(admin: AdminClient): Promise<DemoKeys> {
  for (const name of TEAMS) {
    await admin.setTeam({ name, users: COMPANY.filter(({ team }) => team === name).map(({ user }) => user) });
  }
  const secrets = new Map<string, string>();
  const ids = new Map<string, string>();
  for (const member of COMPANY) {
    const { id, key } = await admin.createKey(keyOf(member));
    secrets.set(member.user, key);
    ids.set(member.user, id);
  }
  const lost = await admin.createKey({ name: 'lost laptop', user: 'tomas', team: NEAR_TEAM });
  await admin.send(`api/keys/${lost.id}`, { method: 'PATCH', body: { state: 'disabled' } });
  const contractor = { name: 'contractor', user: 'ext.walter', team: 'mobile' };
  await admin.createKey({ ...contractor, expires_at: Date.now() + 3 * DAY_MS });
  return { secrets, ids };
}

function keyOf({ user, team, isPerson }: Member) {
  if (isPerson) return { name: `laptop of ${user}`, user, team, roles: user === 'alice' ? ['viewer' as const] : [] };
  return { name: user, user, team, owner: 'service' as const, limits: { requests_per_minute: 120, concurrency: 8 } };
}

/** Caps of months, which the days of this month count for. */
export async function setMonthBudgets(admin: AdminClient, daysOfMonth: readonly PastDay[]): Promise<void> {
  for (const team of TEAMS) {
    const spent = usdOf(daysOfMonth, (exchange) => exchange.team === team);
    await admin.setBudget(`team:${team}`, {
      usd: { month: rounded(spent / (team === NEAR_TEAM ? NEAR_SHARE : 0.55)) },
    });
  }
}

/** Caps of days, which today counts for. */
export async function setDayBudgets(admin: AdminClient, today: PastDay): Promise<void> {
  const spentOf = (name: string) => usdOf([today], ({ user }) => user === name);
  await admin.setBudget('user:*', { usd: { day: 150 } });
  await admin.setBudget(`user:${REACHED_USER}`, { usd: { day: rounded(0.9 * spentOf(REACHED_USER)) } });
  await admin.setBudget('user:support-bot', { usd: { day: 40 }, when_over: 'cheaper:haiku' });
}

function usdOf(days: readonly PastDay[], isCounted: (exchange: Exchange) => boolean): number {
  let nanoUsd = 0;
  for (const { exchanges, copies } of days) {
    for (const exchange of exchanges) if (isCounted(exchange)) nanoUsd += copies * (exchange.costNanoUsd ?? 0);
  }
  return nanoUsd / NANO;
}

/** To three digits, and never 0: a budget has a cap. */
function rounded(usd: number): number {
  return Math.max(0.05, Number(usd.toPrecision(3)));
}
