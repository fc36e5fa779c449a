import type { NewKey } from '@claude-proxy/admin-api';
import { answer, rateLimited } from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;
const admin = adminApi(() => pair.gateway);
const keys: Record<string, string> = {};
const create = async (name: string, order: Partial<NewKey>) => {
  const { json } = await admin.post('/api/keys', { name, user: name, ...order });
  keys[name] = json.key;
  return json as { id: string; key: string };
};
beforeAll(async () => {
  pair = await startPair({ CLIENT_AUTH: 'keys', ANTHROPIC_API_KEY: 'sk-ant-operator' });
  pair.anthropic.setDefault(answer({ usage: { input_tokens: 10, output_tokens: 5 } }));
  await create('alice', {});
  await create('bob', {});
  await create('viewer', { roles: ['viewer'] });
  await create('lead', { roles: ['viewer'], team: 'core' });
  await create('root', { roles: ['admin'] });
  await admin.ask('/api/teams/core', { method: 'PUT', body: JSON.stringify({ users: ['alice'] }) });
  await admin.ask('/api/teams/other', { method: 'PUT', body: JSON.stringify({ users: ['bob'] }) });
  for (const user of ['alice', 'bob']) await postMessage(pair.gateway, { user, apiKey: keys[user]! });
  await admin.written();
});
afterAll(() => pair.close());

const ask = async (name: string, path: string, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${keys[name]}`, ...init.headers };
  const response = await fetch(pair.gateway.url + path, { ...init, headers });
  const text = await response.text();
  return { status: response.status, text, json: text === '' ? undefined : JSON.parse(text), headers: response.headers };
};

const USERS = ['/api/me', '/v1/usage/me', '/api/requests', '/api/limits', '/api/budgets'];
const TEAMS = ['/api/teams', '/api/budgets/statement'];
const FIGURES = ['/v1/usage', '/api/analytics?range=1h', '/api/keys', '/api/audit', '/api/drills'];
const OPERATORS = ['/debug/env', '/api/settings'];

describe('a client key at the admin API', () => {
  it.each([
    ['alice', USERS],
    ['lead', [...USERS, ...TEAMS]],
    ['viewer', [...USERS, ...TEAMS, ...FIGURES]],
    ['root', [...USERS, ...TEAMS, ...FIGURES, ...OPERATORS]],
  ])('of %s reads what its role allows, and no more', async (name, allowed) => {
    const all = [...USERS, ...TEAMS, ...FIGURES, ...OPERATORS];
    const statuses = await Promise.all(all.map(async (path) => [path, (await ask(name, path)).status]));
    expect(statuses).toEqual(all.map((path) => [path, allowed.includes(path) ? 200 : 403]));
  });

  it.each(['alice', 'lead', 'viewer'])('of %s changes nothing', async (name) => {
    const acts = [
      ['POST', '/api/keys', { name: 'x', user: 'x' }],
      ['DELETE', '/api/limits/alice', undefined],
      ['POST', '/api/drills', { user: null, seconds: 1 }],
      ['PUT', '/api/teams/core', { users: [] }],
      ['POST', '/api/me/keys', { name: 'x' }],
    ] as const;
    for (const [method, path, body] of acts) {
      const { status, text } = await ask(name, path, { method, ...(body && { body: JSON.stringify(body) }) });
      expect([path, status, text]).toEqual([path, 403, expect.stringContaining('permission_error')]);
    }
  });

  it('of an admin changes what the admin token changes, and the audit list names the key', async () => {
    const { status, json } = await ask('root', '/api/keys', {
      method: 'POST',
      body: JSON.stringify({ name: 'made', user: 'x' }),
    });
    expect(status).toBe(201);
    const entries = async () => (await admin.ask('/api/audit')).json.entries;
    while (!(await entries()).some(({ target }: { target: string }) => target === json.id));
    const entry = (await entries()).find(({ target }: { target: string }) => target === json.id);
    expect(entry).toMatchObject({ act: 'key.created', actor: { kind: 'client_key', name: keys.root!.slice(4, 12) } });
  });

  it('of a user shows its own requests and usage only', async () => {
    const { json } = await ask('alice', '/api/requests?user=bob');
    expect(json.requests.map(({ user }: { user: string }) => user)).toEqual(['alice']);
    const [bobs] = (await admin.ask('/api/requests?user=bob')).json.requests;
    expect((await ask('alice', `/api/requests/${bobs.id}`)).status).toBe(404);
    expect((await ask('alice', `/api/requests/${json.requests[0].id}`)).json).toMatchObject({
      user: 'alice',
      team: 'core',
    });
    expect((await ask('alice', '/v1/usage/me')).json).toMatchObject({
      user_id: 'alice',
      summary: { total_requests: 1 },
    });
    expect((await ask('alice', '/v1/usage/me?claude-code-user=bob')).status).toBe(403);
  });

  it('of a viewer of a team shows that team only', async () => {
    expect((await ask('lead', '/api/teams')).json).toEqual({ teams: [{ name: 'core', users: ['alice'] }] });
    expect((await ask('lead', '/v1/usage/me?claude-code-user=alice')).status).toBe(200);
    expect((await ask('lead', '/v1/usage/me?claude-code-user=bob')).status).toBe(403);
    expect((await ask('viewer', '/v1/usage/me?claude-code-user=bob')).status).toBe(200);
    const usersIn = ({ json }: { json: { requests: { user: string }[] } }) => json.requests.map(({ user }) => user);
    expect(usersIn(await ask('lead', '/api/requests'))).toEqual(['alice']);
    const scopesIn = ({ json }: { json: { lines: { scope: string }[] } }) =>
      json.lines.map(({ scope }) => scope).sort();
    expect(scopesIn(await ask('lead', '/api/budgets/statement'))).toEqual(['team:core', 'user:alice']);
    expect(scopesIn(await ask('viewer', '/api/budgets/statement'))).toEqual(
      expect.arrayContaining(['everybody', 'team:core', 'team:other', 'user:alice', 'user:bob']),
    );
    await admin.ask('/api/budgets/team:core', { method: 'PUT', body: JSON.stringify({ usd: { day: 1 } }) });
    await admin.ask('/api/budgets/team:other', { method: 'PUT', body: JSON.stringify({ usd: { day: 1 } }) });
    const { budgets } = (await ask('lead', '/api/budgets')).json;
    expect(budgets.map(({ scope }: { scope: string }) => scope)).toEqual(['team:core']);
  });

  it('of a viewer of a team sees the limits of that team only', async () => {
    pair.anthropic.script(rateLimited({ retryAfterSeconds: 600 }), rateLimited({ retryAfterSeconds: 600 }));
    for (const user of ['alice', 'bob']) {
      const own = { 'x-claude-proxy-key': keys[user]! };
      await postMessage(pair.gateway, { user, apiKey: `sk-ant-own-${user}`, headers: own });
    }
    const limitedFor = async (name: string) =>
      (await ask(name, '/api/limits')).json.limits.map(({ user }: { user: string }) => user).sort();
    expect(await limitedFor('viewer')).toEqual(['alice', 'bob']);
    expect(await limitedFor('lead')).toEqual(['alice']);
    expect(await limitedFor('bob')).toEqual(['bob']);
  });

  it('that is wrong is refused with the reason', async () => {
    keys.wrong = `${keys.alice!.slice(0, -1)}${keys.alice!.endsWith('0') ? '1' : '0'}`;
    const { status, text } = await ask('wrong', '/api/me');
    expect([status, text]).toEqual([401, expect.stringContaining('misspelled')]);
  });
});

describe('a session of a client key', () => {
  const begin = async (token: string) => {
    const response = await fetch(`${pair.gateway.url}/api/session`, {
      method: 'POST',
      body: JSON.stringify({ token }),
    });
    return { status: response.status, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
  };
  const askWith = (cookie: string, path: string) => fetch(pair.gateway.url + path, { headers: { cookie } });

  it('has the role of the key, and ends with it', async () => {
    const { id, key } = await create('carol', {});
    const { status, cookie } = await begin(key);
    expect([status, cookie]).toEqual([200, expect.not.stringContaining(key.slice(13))]);
    expect(await (await askWith(cookie, '/api/session')).json()).toMatchObject({
      is_signed_in: true,
      role: 'user',
      user: 'carol',
    });
    expect((await askWith(cookie, '/api/me')).status).toBe(200);
    expect((await askWith(cookie, '/api/keys')).status).toBe(403);
    await admin.ask(`/api/keys/${id}`, { method: 'DELETE' });
    expect((await askWith(cookie, '/api/me')).status).toBe(401);
  });

  it('cannot be turned into a session of another key or of the operator', async () => {
    const { cookie } = await begin(keys.alice!);
    const [name, value] = cookie.split('=') as [string, string];
    const [endsAt, id, keyId, signature] = value.split('.');
    for (const forged of [`${endsAt}.${id}.${signature}`, `${endsAt}.${id}.${keys.root!.slice(4, 12)}.${signature}`]) {
      expect((await askWith(`${name}=${forged}`, '/api/keys')).status).toBe(401);
    }
    expect(keyId).toBe(keys.alice!.slice(4, 12));
  });

  it('does not begin with a wrong key', async () => {
    expect((await begin('ccp_wrong')).status).toBe(401);
  });
});
