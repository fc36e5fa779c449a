import { setTimeout as sleep } from 'node:timers/promises';
import type { Readiness, RequestPage, UsageOfUser } from '@claude-proxy/admin-api';
import { limitTable } from '../../apps/proxy/src/fallback/limit.table.js';
import { requestsTable } from '../../apps/proxy/src/request-log/requests.table.js';
import { accessTable } from '../../apps/proxy/src/state/access.table.js';
import { StoreHealth } from '../../apps/proxy/src/state/store-health.js';
import { usageTable } from '../../apps/proxy/src/usage/usage.table.js';
import type { RunningGateway } from './start-gateway.js';

export const TABLES = [
  limitTable('claude-proxy-rate-limits'),
  usageTable('claude-proxy-usage'),
  requestsTable('claude-proxy-requests'),
  accessTable('claude-proxy-access'),
];

interface Reachable {
  readonly url: string;
}

const jsonOf = async ({ url }: Reachable, path: string) => (await fetch(url + path)).json();

export const usageOf = async (gateway: Reachable, user: string) =>
  ((await jsonOf(gateway, `/v1/usage/me?claude-code-user=${user}`)) as UsageOfUser).summary;

export const linesOf = async (gateway: Reachable, user: string) =>
  ((await jsonOf(gateway, `/api/requests?user=${user}&limit=500`)) as RequestPage).requests;

/** Status codes of both health pages, and the content of the second one. */
export async function healthOf(gateway: Reachable): Promise<Readiness & { readonly codes: readonly number[] }> {
  const [live, ready] = await Promise.all(['/health', '/health/ready'].map((path) => fetch(gateway.url + path)));
  return { codes: [live!.status, ready!.status], ...((await ready!.json()) as Readiness) };
}

/** A value of `/metrics`. */
export async function figureOf({ url }: Reachable, name: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^claude_proxy_${name} (\\S+)$`, 'm').exec(page)?.[1]);
}

/** Polls for up to a minute, because work on a gateway's own timers cannot be awaited. */
export async function eventually<Value>(read: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  const patience = AbortSignal.timeout(60_000);
  let value = await read();
  while (!holds(value) && !patience.aborted) {
    await sleep(100);
    value = await read();
  }
  return value;
}

/** A check of the store does not test writes, and a failed call can be retried below the recorder. */
export async function writingHasFailed({ app }: RunningGateway): Promise<void> {
  const health = app.get(StoreHealth);
  await eventually(
    async () => health.writeFailure,
    (failure) => failure !== undefined,
  );
}
