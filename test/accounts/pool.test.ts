import { overloaded, rateLimited, refuse } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountPool } from '../../apps/proxy/src/accounts/account-pool.js';
import { ORGANIZATIONS, type Pool, startPool } from '../support/start-pool.js';

const OWNERS = ORGANIZATIONS.flatMap(({ id, workspaces }) => [
  id,
  ...workspaces.flatMap((workspace) => [workspace.id, ...workspace.keys]),
]);
const organizationOf = (account: string | null | undefined) => account?.split('-')[0];

let pool: Pool;
let turns = 0;
beforeAll(async () => {
  pool = await startPool();
});
afterEach(() => {
  for (const owner of OWNERS) pool.anthropic.organizations.refuse(owner, undefined);
  pool.anthropic.reset();
});
afterAll(() => pool.close());

const newSession = () => `session-${++turns}`;
const accountOf = ({ headers }: { readonly headers: Headers }) => headers.get('x-claude-proxy-account');

describe('a pool of accounts', () => {
  it('answers callers without a credential, names the account, and keeps a session on it', async () => {
    const session = newSession();
    const accounts = new Set<string | null>();
    for (let turn = 0; turn < 5; turn += 1) {
      const answer = await pool.turn(session);
      expect(answer.status).toBe(200);
      accounts.add(accountOf(answer));
    }
    expect(accounts.size).toBe(1);
    expect(pool.asked()).toEqual(Array(5).fill([...accounts][0]));
  });

  it("P8: hides keys, owners and limits of the pool, and passes those of a client's own key", async () => {
    const pooled = await pool.turn(newSession());
    const own = await pool.turn(newSession(), { apiKey: 'sk-ant-gamma' });
    const hidden = (headers: Headers) =>
      [...headers.keys()].filter((name) => /^anthropic-(organization|workspace|ratelimit)/.test(name));
    expect(hidden(pooled.headers)).toEqual([]);
    expect(accountOf(own)).toBeNull();
    expect(hidden(own.headers).length).toBeGreaterThan(2);
    pool.anthropic.organizations.refuse('org-acme', rateLimited({ retryAfterSeconds: 60 }));
    const refused = await pool.turn(newSession(), { apiKey: 'sk-ant-acme-1' });
    expect([refused.status, accountOf(refused)]).toEqual([429, null]);
    expect(refused.headers.get('anthropic-organization-id')).toBe('org-acme');
  });

  it('P1: does not ask the second key of an organization whose limit is reached, but asks it for another model', async () => {
    const session = newSession();
    const home = accountOf(await pool.turn(session, { model: 'claude-sonnet-4-5' }));
    pool.anthropic.reset();
    pool.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await pool.turn(session, { model: 'claude-sonnet-4-5' });
    const others = await Promise.all([1, 2, 3, 4].map(() => pool.turn(newSession(), { model: 'claude-sonnet-4-5' })));
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const asked = pool.asked().slice(1).map(organizationOf);
    expect(asked).not.toContain(organizationOf(home));
    expect(accountOf(await pool.turn(session, { model: 'claude-haiku-4-5' }))).not.toBeNull();
  });
});

describe('every state of an account', () => {
  afterEach(() => {
    const accounts = pool.gateway.app.get(AccountPool);
    for (const account of accounts.list.all) accounts.reopen(account);
  });

  const until = new Date(Date.now() + 3 * 24 * 60 * 60_000).toISOString().slice(0, 10);
  it.each([
    ['cooling', rateLimited({ retryAfterSeconds: 60 })],
    ['a limit without a time', rateLimited({ isBare: true })],
    ['capped by the month', rateLimited({ isSpendCap: true })],
    [
      'capped by its own limit',
      refuse(400, {
        message: `You have reached your specified API usage limits. You will regain access on ${until} at 00:00 UTC.`,
      }),
    ],
    [
      'unpaid',
      refuse(400, {
        message:
          'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
      }),
    ],
    ['a billing error', refuse(402, { errorType: 'billing_error', errorCode: 'linked_organization_suspended' })],
    ['refused', refuse(401)],
    ['without permission', refuse(403, { message: 'Your API key does not have permission to use this resource.' })],
    ['on hold', refuse(400, { message: 'This organization is on hold.', errorCode: 'organization_on_hold' })],
    ['not entitled', refuse(404, { errorType: 'not_found_error', message: 'model: claude-opus-5-5' })],
    ['overloaded', overloaded()],
  ])('P5: %s: no client sees it while another organization is ready', async (_state, refusal) => {
    const session = newSession();
    const home = organizationOf(accountOf(await pool.turn(session)));
    pool.anthropic.organizations.refuse(`org-${home}`, refusal);
    for (const isStream of [false, true]) {
      const answer = await pool.turn(session, { isStream });
      expect(answer.status).toBe(200);
      expect(organizationOf(accountOf(answer))).not.toBe(home);
    }
  });

  it.each([
    ['a mistake of the request', refuse(400, { message: 'max_tokens: must be at least 1' })],
    ['a request that is too large', refuse(413)],
    ['something that does not exist', refuse(404, { message: 'file_011' })],
  ])('%s is not the fault of the account: it is passed on', async (_name, refusal) => {
    pool.anthropic.script(refusal);
    const { status } = await pool.turn(newSession());
    expect(status).toBeGreaterThanOrEqual(400);
    expect(pool.asked()).toHaveLength(1);
  });
});

describe('token counting', () => {
  const count = (session: string) =>
    fetch(`${pool.gateway.url}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', 'x-session-id': session },
      body: JSON.stringify({ model: 'claude-fable-5-2', messages: [{ role: 'user', content: 'hello' }] }),
    });

  it('P4: is answered while every bucket of messages is closed, and never closes anything', async () => {
    pool.anthropic.setDefault(rateLimited({ retryAfterSeconds: 600 }));
    const refused = await pool.turn(newSession(), { model: 'claude-fable-5-2' });
    expect(refused.status).toBe(429);
    pool.anthropic.scriptAt('/v1/messages/count_tokens', rateLimited({ retryAfterSeconds: 600 }));
    for (let index = 0; index < 3; index += 1) expect((await count(newSession())).status).toBe(200);
    pool.anthropic.scriptAt('/v1/messages/count_tokens', ...Array(3).fill(rateLimited({ retryAfterSeconds: 600 })));
    expect((await count(newSession())).status).toBe(429);
    pool.anthropic.reset();
    expect((await pool.turn(newSession(), { model: 'claude-haiku-5-5' })).status).toBe(200);
    expect((await count(newSession())).status).toBe(200);
  });
});
