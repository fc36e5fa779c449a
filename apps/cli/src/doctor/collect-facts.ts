import type { AdminClient } from '@claude-proxy/admin-client';
import type { Context } from '../core/command.js';
import { VERSION } from '../core/version.js';
import { REACH_TIMEOUT_MS } from '../gateway/reach.js';
import { versionSkew } from '../gateway/version-skew.js';
import type { DoctorFacts } from './findings.js';

const STREAM_TIMEOUT_MS = 5_000;

/** Asks what can be asked; a question without an answer is null, and its check is left out. */
export async function collectFacts(context: Context): Promise<DoctorFacts> {
  const { url, token } = await context.gateway();
  const { env, now } = context.world;
  const health = await answerOf(`${url}/health`, now);
  const base = { url, ownVersion: VERSION, env, nowMs: now(), hasToken: token !== undefined };
  if (typeof health === 'string') return { ...base, ...NOTHING, unreachable: health };
  const client = await context.client();
  const session = await context.session().catch(() => null);
  const [models, firstEventMs, admin] = await Promise.all([
    answerOf(`${url}/v1/models`, now),
    firstEventTime(url, token, now),
    token !== undefined && session?.is_signed_in === false ? NO_ADMIN : adminFacts(client),
  ]);
  return {
    ...base,
    ...admin,
    unreachable: null,
    session:
      session?.is_signed_in || token !== undefined || !admin.readiness?.upstreams.some(({ detail }) => detail !== '')
        ? session
        : null,
    skew: session?.version === undefined ? null : (versionSkew(VERSION, session.version) ?? null),
    clockSkewMs: health.dateMs === null ? null : health.dateMs - health.atMs,
    models: typeof models === 'string' ? null : { status: models.status, ms: models.ms },
    firstEventMs,
  };
}

const NO_ADMIN = {
  readiness: null,
  verdict: null,
  hour: null,
  prices: null,
  accounts: [],
  drills: null,
  fallback: null,
} as const;
const NOTHING = {
  ...NO_ADMIN,
  session: null,
  skew: null,
  clockSkewMs: null,
  models: null,
  firstEventMs: null,
} as const;

async function adminFacts(client: AdminClient) {
  const [readiness, verdict, hour, prices, accounts, drills, fallback] = await Promise.all([
    client.readiness().catch(() => null),
    client.verdict().catch(() => null),
    client.analytics('30d').catch(() => null),
    client.prices().catch(() => null),
    client.accounts().catch(() => ({ accounts: [] })),
    client.drills().catch(() => null),
    client.fallback().catch(() => null),
  ]);
  return { readiness, verdict, hour, prices, accounts: accounts.accounts, drills, fallback };
}

/** As a client asks, without following a redirect. A text says why there was no answer. */
async function answerOf(url: string, now: () => number) {
  const startedMs = performance.now();
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(REACH_TIMEOUT_MS * 2) });
    await response.body?.cancel();
    const date = Date.parse(response.headers.get('date') ?? '');
    return {
      status: response.status,
      ms: performance.now() - startedMs,
      dateMs: Number.isNaN(date) ? null : date,
      atMs: now(),
    };
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    return cause?.message ?? message;
  }
}

/** The live feed begins with a comment. Null if the caller may not read it. */
async function firstEventTime(url: string, token: string | undefined, now: () => number): Promise<number | null> {
  const startedMs = now();
  try {
    const headers = { accept: 'text/event-stream', ...(token !== undefined && { 'x-admin-token': token }) };
    const response = await fetch(`${url}/api/live`, { headers, signal: AbortSignal.timeout(STREAM_TIMEOUT_MS) });
    if (!response.ok) return null;
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    return now() - startedMs;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? STREAM_TIMEOUT_MS : null;
  }
}
