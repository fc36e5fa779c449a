import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from '@claude-proxy/admin-api';
import { overloaded, rateLimited, refuse, silence } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountPool } from '../../apps/proxy/src/accounts/account-pool.js';
import { adminApi } from '../support/admin-api.js';
import { startGateway } from '../support/start-gateway.js';
import { ORGANIZATIONS, type Pool, startPool } from '../support/start-pool.js';

const KEY = 'sk-ant-later-key-of-acme';
const SECOND_KEY = 'sk-ant-later-key-of-delta';
const WITH_LATER = [...ORGANIZATIONS, { id: 'org-delta', workspaces: [{ id: 'wrk-delta', keys: [SECOND_KEY] }] }].map(
  (organization) =>
    organization.id === 'org-acme'
      ? { ...organization, workspaces: [...organization.workspaces, { id: 'wrk-acme-2', keys: [KEY] }] }
      : organization,
);

let pool: Pool;
const admin = adminApi(() => pool.gateway);
beforeAll(async () => {
  pool = await startPool({ ANTHROPIC_API_KEYS: ORGANIZATIONS.flatMap(keysOf).join(',') }, WITH_LATER);
});
afterEach(() => {
  const accounts = pool.gateway.app.get(AccountPool);
  for (const account of accounts.list.all) accounts.reopen(account);
  pool.anthropic.reset();
});
afterAll(() => pool.close());

function keysOf({ workspaces }: (typeof ORGANIZATIONS)[number]) {
  return workspaces.flatMap(({ keys }) => keys.map((key) => `${key.replace('sk-ant-', '')}=${key}`));
}
const accounts = async (): Promise<Account[]> => (await admin.ask('/api/accounts')).json.accounts;
const named = async (name: string) => (await accounts()).find((account) => account.name === name)!;
const change = (id: string, body: unknown) =>
  admin.ask(`/api/accounts/${id}`, { method: 'PATCH', body: JSON.stringify(body) });
let turns = 0;
const nextSession = () => `api-session-${++turns}`;
/** A session whose home is this account. */
async function sessionOn(name: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const session = nextSession();
    const answer = await pool.turn(session);
    if (answer.headers.get('x-claude-proxy-account') === name) return session;
  }
  throw new Error(`no session was placed on ${name}`);
}

describe('GET /api/accounts', () => {
  it('names owners, buckets, sessions and what each account has served', async () => {
    const before = await named('gamma');
    const session = await sessionOn('gamma');
    await pool.turn(session);
    await admin.written();
    const gamma = await named('gamma');
    expect(gamma).toMatchObject({
      ...{ origin: 'environment', organization: 'org-gamma', workspace: 'wrk-gamma', state: 'ready', models: null },
      ...{ state_reason: null, state_until: null, closures: [], sessions: before.sessions + 1 },
      requests: before.requests + 2,
      fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      last_used_at: expect.any(Number),
    });
    expect(gamma.tokens).toBeGreaterThan(before.tokens);
    expect(gamma.cost_usd).toBeGreaterThan(before.cost_usd);
    expect(gamma.windows.map(({ group, kind }) => [group, kind])).toContainEqual(['opus-5-5', 'input_tokens']);
  });

  it('is for operators, and never shows a key', async () => {
    expect((await fetch(`${pool.gateway.url}/api/accounts`)).status).toBe(401);
    expect((await admin.ask('/api/accounts')).text).not.toContain('sk-ant-');
  });
});

describe('an account that is added while the gateway runs', () => {
  it('is checked, stored encrypted, serves, is changed and removed', async () => {
    const added = await admin.post('/api/accounts', { name: 'later', key: KEY, priority: 1 });
    expect([added.status, added.json.same_organization]).toEqual([201, ['acme-1', 'acme-2']]);
    expect(added.json.account).toMatchObject({ origin: 'stored', organization: 'org-acme', workspace: 'wrk-acme-2' });
    expect(added.text).not.toContain(KEY);
    const served = await pool.turn(nextSession());
    expect(served.headers.get('x-claude-proxy-account')).toBe('later');
    const { id } = added.json.account;
    const renamed = await change(id, { name: 'renamed', priority: 500, weight: 0.5, models: ['claude-opus-5-5'] });
    expect(renamed.json).toMatchObject({ name: 'renamed', priority: 500, weight: 0.5, models: ['claude-opus-5-5'] });
    expect((await admin.ask(`/api/accounts/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await named('renamed')).toBeUndefined();
    const files = await Promise.all(
      ['state.db', 'state.db-wal'].map((file) => readFile(join(pool.gateway.dataDirectory, file)).catch(() => '')),
    );
    expect(files.join('')).not.toContain(KEY);
    const { json } = await admin.ask('/api/audit');
    expect(JSON.stringify(json)).not.toContain(KEY);
    expect(json.entries.map(({ act }: { act: string }) => act)).toEqual(
      expect.arrayContaining(['account.added', 'account.changed', 'account.removed']),
    );
  });

  it('is there after a restart', async () => {
    const { id } = (await admin.post('/api/accounts', { name: 'delta', key: SECOND_KEY })).json.account;
    await change(id, { state: 'paused' });
    const again = await startGateway({
      ...{
        ANTHROPIC_UPSTREAM_URL: pool.anthropic.url,
        DATA_DIR: pool.gateway.dataDirectory,
        ADMIN_TOKEN: 'x'.repeat(20),
      },
    });
    const restarted = (await adminApi(() => again).ask('/api/accounts')).json.accounts;
    await again.close();
    expect(restarted).toMatchObject([
      { id, name: 'delta', organization: 'org-delta', workspace: 'wrk-delta', state: 'paused' },
    ]);
    await admin.ask(`/api/accounts/${id}`, { method: 'DELETE' });
  });

  it.each([
    ['a key that Anthropic refuses', { name: 'x', key: 'sk-ant-unknown' }, 400, 'refused (401)'],
    ['a key of the pool', { name: 'x', key: 'sk-ant-gamma' }, 409, 'in the pool already, as account \\"gamma\\"'],
    ['a name that is taken', { name: 'gamma', key: KEY }, 409, 'has the name \\"gamma\\"'],
    ['a subscription token', { name: 'x', key: 'sk-ant-oat01-secret' }, 400, 'subscription token'],
    ['a name that no header can hold', { name: 'ä', key: KEY }, 400, 'name must be'],
    ['no key', { name: 'x' }, 400, 'key is required'],
  ])('refuses %s', async (_name, body, status, message) => {
    const refused = await admin.post('/api/accounts', body);
    expect([refused.status, refused.text]).toEqual([status, expect.stringContaining(message)]);
    expect(await accounts()).toHaveLength(5);
  });

  it('cannot be removed where it comes from the environment', async () => {
    const { id } = await named('gamma');
    const refused = await admin.ask(`/api/accounts/${id}`, { method: 'DELETE' });
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('comes from the environment')]);
  });
});

describe('the state of an account', () => {
  const day = new Date(Date.now() + 3 * 24 * 60 * 60_000).toISOString().slice(0, 10);
  const monthEnd = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 1, 1);
  const inSeconds = (seconds: number) => Date.now() + seconds * 1_000;
  it.each([
    ['cooling', rateLimited({ retryAfterSeconds: 60 }), 'opus-5-5: retry-after', () => inSeconds(60)],
    ['cooling', rateLimited({ isBare: true }), 'opus-5-5: no window given', () => inSeconds(30)],
    ['capped', rateLimited({ isSpendCap: true }), 'enforced_spend_limit_reached', () => monthEnd],
    [
      'capped',
      refuse(400, {
        message: `You have reached your specified API usage limits. You will regain access on ${day} at 00:00 UTC.`,
      }),
      'own usage limit reached',
      () => Date.parse(`${day}T00:00Z`),
    ],
    [
      'unpaid',
      refuse(400, { message: 'Your credit balance is too low to access the Anthropic API.' }),
      'credit balance too low',
      () => inSeconds(900),
    ],
    ['refused', refuse(401), 'the key is not valid', () => null],
    [
      'not_entitled',
      refuse(404, { errorType: 'not_found_error', message: 'model: claude-opus-5-5' }),
      'model:claude-opus-5-5: no access to claude-opus-5-5',
      () => inSeconds(3_600),
    ],
    ['overloaded', overloaded(), 'opus-5-5: overloaded', () => inSeconds(10)],
  ])('P5: is shown as %s with its reason and its end', async (state, refusal, reason, until) => {
    const session = await sessionOn('gamma');
    pool.anthropic.reset();
    pool.anthropic.organizations.refuse('org-gamma', refusal);
    expect((await pool.turn(session)).status).toBe(200);
    pool.anthropic.organizations.refuse('org-gamma', undefined);
    const gamma = await named('gamma');
    expect([gamma.state, gamma.state_reason]).toEqual([state, reason]);
    const expected = until();
    if (expected === null) expect(gamma.state_until).toBeNull();
    else expect(Math.abs(gamma.state_until! - expected)).toBeLessThan(10_000);
  });

  it('ends by a probe that the key passes, and by an operator', async () => {
    const { id } = await named('gamma');
    const session = await sessionOn('gamma');
    pool.anthropic.organizations.refuse('org-gamma', refuse(401));
    await pool.turn(session);
    pool.anthropic.organizations.refuse('org-gamma', undefined);
    expect((await named('gamma')).state).toBe('refused');
    const probed = await admin.post(`/api/accounts/${id}/probe`, {});
    expect([probed.status, probed.json.outcome, probed.json.account.state]).toEqual([200, 'accepted', 'ready']);
  });

  it('P11: paused, it gets no requests, and its running answer ends by itself', async () => {
    const { id } = await named('gamma');
    const session = await sessionOn('gamma');
    pool.anthropic.reset();
    pool.anthropic.script(silence({ afterEvents: 3, ms: 400 }));
    const running = pool.turn(session, { isStream: true });
    await pool.anthropic.requestAt(0);
    expect((await change(id, { state: 'paused' })).json.state).toBe('paused');
    const next = await pool.turn(session);
    expect(next.headers.get('x-claude-proxy-account')).not.toBe('gamma');
    const { status, text } = await running;
    expect([status, text]).toEqual([200, expect.stringContaining('message_stop')]);
    expect((await change(id, { state: 'active' })).json.state).toBe('ready');
  });
});

describe('a decision', () => {
  const detailOf = async ({ headers }: { readonly headers: Headers }) => {
    await admin.written();
    return (await admin.ask(`/api/requests/${headers.get('x-claude-proxy-exchange')}`)).json;
  };

  it('P10: is kept with the request: the account, the states of the others, and the price of a move', async () => {
    const session = await sessionOn('gamma');
    const body = { system: [{ type: 'text', text: 'long '.repeat(4_000), cache_control: { type: 'ephemeral' } }] };
    await pool.turn(session, { body });
    const kept = await detailOf(await pool.turn(session, { body }));
    expect(kept).toMatchObject({
      account: 'gamma',
      attempts: [{ upstream: 'anthropic', account: 'gamma', status: 200 }],
      decision: {
        ...{ act: 'kept', account: 'gamma', waited_seconds: 0, ready_accounts: 5, passed_over: [] },
        sentence: expect.stringMatching(/^Kept on gamma \(5k cached tokens; a move would cost \$0\.02\d+\)\.$/),
      },
    });
    expect(kept.decision.prefix_tokens).toBeGreaterThan(5_000);
    pool.anthropic.organizations.refuse('org-gamma', rateLimited({ retryAfterSeconds: 60 }));
    const moved = await detailOf(await pool.turn(session, { body }));
    pool.anthropic.organizations.refuse('org-gamma', undefined);
    expect(moved.attempts.map(({ account, status }: { account: string; status: number }) => [account, status])).toEqual(
      [
        ['gamma', 429],
        [moved.account, 200],
      ],
    );
    expect(moved.decision).toMatchObject({
      ...{ act: 'moved', account: moved.account, move_cost_usd: expect.closeTo(0.02, 1) },
      passed_over: [{ account: 'gamma', state: 'cooling', reason: 'retry-after', until: expect.any(Number) }],
      sentence: expect.stringContaining('Moved from gamma (cooling: retry-after) to '),
    });
  });

  it('is null for a credential of the client', async () => {
    const own = await detailOf(await pool.turn(nextSession(), { apiKey: 'sk-ant-gamma' }));
    expect([own.account, own.decision]).toEqual([null, null]);
  });

  it('is explained for a request that is not sent, and without an effect', async () => {
    const session = await sessionOn('gamma');
    pool.anthropic.reset();
    const ask = { model: 'claude-opus-5-5', user: 'alice', session };
    const explained = await admin.post('/api/decisions/explain', ask);
    expect(explained.json).toMatchObject({ act: 'kept', account: 'gamma', ready_accounts: 5 });
    const fresh = await admin.post('/api/decisions/explain', { model: 'claude-opus-5-5' });
    expect(fresh.json).toMatchObject({ act: 'placed' });
    expect(pool.anthropic.requests).toHaveLength(0);
    const wrong = await admin.post('/api/decisions/explain', { model: '' });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('model is required')]);
  });
});

describe('the states of accounts', () => {
  it('are in readiness, metrics and the flat figures of /api/analytics, without owners and keys', async () => {
    const session = await sessionOn('gamma');
    pool.anthropic.organizations.refuse('org-gamma', rateLimited({ retryAfterSeconds: 60 }));
    await pool.turn(session);
    pool.anthropic.organizations.refuse('org-gamma', undefined);
    const ready = await admin.ask('/health/ready');
    expect(ready.json.accounts).toEqual({
      ...{ total: 5, ready: 4 },
      not_ready: [{ name: 'gamma', state: 'cooling', reason: 'opus-5-5: retry-after', until: expect.any(Number) }],
    });
    const open = (await (await fetch(`${pool.gateway.url}/health/ready`)).json()) as { accounts: unknown };
    expect(open.accounts).toEqual({ total: 5, ready: 4, not_ready: [] });
    const metrics = await admin.ask('/metrics');
    expect(metrics.text).toContain('claude_proxy_account_state{account="gamma",state="cooling"} 1');
    expect(metrics.text).toMatch(/claude_proxy_account_decisions_total\{act="moved"\} \d/);
    expect(metrics.text).not.toMatch(/org-gamma|wrk-|sk-ant/);
    const analytics = (await admin.ask('/api/analytics?range=1h')).json;
    expect([analytics.active_accounts, analytics.rate_limited_accounts]).toEqual([4, 1]);
  });
});
