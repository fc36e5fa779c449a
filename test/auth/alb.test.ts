import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { eventually } from '../support/recorded.js';
import { startLoadBalancer } from '../support/start-load-balancer.js';
import { type Pair, startPair } from '../support/start-pair.js';

type Claims = Readonly<Record<string, unknown>>;
const ALICE: Claims = { sub: 'u1', email: 'alice@example.com', 'custom:team': 'core' };
const VERA: Claims = { sub: 'u2', email: 'vera@viewers.example.com' };
const LEO: Claims = { sub: 'u3', email: 'leo@viewers.example.com', 'custom:team': 'core' };
const ROOT: Claims = { sub: 'u4', email: 'root@example.com', groups: 'staff,claude-admins' };

let balancer: Awaited<ReturnType<typeof startLoadBalancer>>;
let pair: Pair;
const admin = adminApi(() => pair.gateway);
beforeAll(async () => {
  balancer = await startLoadBalancer();
  pair = await startPair({
    ...balancer.environment,
    ...{ ALB_ADMINS: 'claude-admins', ALB_VIEWERS: '@viewers.example.com' },
    ...{ ALB_GROUPS_CLAIM: 'groups', ALB_TEAM_CLAIM: 'custom:team' },
    ...{ CLIENT_AUTH: 'keys', KEY_SELF_SERVICE: 'true', ANTHROPIC_API_KEY: 'sk-ant-operator' },
  });
});
afterAll(async () => {
  await pair.close();
  balancer.close();
});

const ask = async (data: string, path: string, method = 'GET', body?: object) => {
  const response = await fetch(pair.gateway.url + path, {
    method,
    headers: { 'x-amzn-oidc-data': data },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, json: text === '' ? undefined : JSON.parse(text) };
};
const as = (claims: Claims) => balancer.token({ payload: claims });

describe('a person who has signed in at the load balancer', () => {
  it.each([
    ['a user of its team', ALICE, { role: 'user', user: 'alice@example.com', team: 'core', may_create_keys: true }],
    ['a viewer by its domain', VERA, { role: 'viewer', user: 'vera@viewers.example.com', team: null }],
    ['the viewer of its team', LEO, { role: 'viewer', team: 'core' }],
    ['an operator by a group', ROOT, { role: 'admin', user: 'root@example.com' }],
  ])('is %s', async (_role, claims, me) => {
    const token = as(claims);
    expect((await ask(token, '/api/me')).json).toMatchObject(me);
    expect((await ask(token, '/api/session')).json).toMatchObject({ is_signed_in: true, role: me.role });
    const mayRead = me.role === 'admin' || claims === VERA;
    expect((await ask(token, '/api/keys')).status).toBe(mayRead ? 200 : 403);
    const created = await ask(token, '/api/keys', 'POST', { name: 'x', user: 'x' });
    expect(created.status).toBe(me.role === 'admin' ? 201 : 403);
  });

  it('creates, uses and revokes keys of its own, at most ten, and the audit list names the person', async () => {
    const { status, json } = await ask(as(ALICE), '/api/me/keys', 'POST', { name: 'laptop' });
    expect(status).toBe(201);
    const use = () => postMessage(pair.gateway, { user: 'alice@example.com', apiKey: json.key });
    expect((await use()).status).toBe(200);
    const { keys } = (await ask(as(ALICE), '/api/me')).json;
    expect(keys).toMatchObject([{ id: json.id, name: 'laptop', team: 'core', roles: ['user'] }]);
    for (let count = 1; count < 10; count += 1) await ask(as(ALICE), '/api/me/keys', 'POST', { name: 'more' });
    expect((await ask(as(ALICE), '/api/me/keys', 'POST', { name: 'eleventh' })).status).toBe(409);
    const { id: foreign } = (await admin.post('/api/keys', { name: 'x', user: 'bob' })).json;
    expect((await ask(as(ALICE), `/api/me/keys/${foreign}`, 'DELETE')).status).toBe(404);
    expect((await ask(as(ALICE), `/api/me/keys/${json.id}`, 'DELETE')).status).toBe(204);
    expect((await use()).status).toBe(401);
    const entries = await eventually(
      async () => (await admin.ask('/api/audit?limit=100')).json.entries as { act: string; target: string }[],
      (all) => all.some(({ act, target }) => act === 'key.revoked' && target === json.id),
    );
    const actor = { kind: 'sign_in', name: 'alice@example.com' };
    expect(entries.find(({ target, act }) => target === json.id && act === 'key.created')).toMatchObject({ actor });
  });

  it('with a key creates no key: a leaked key could make itself permanent', async () => {
    const { key } = (await admin.post('/api/keys', { name: 'x', user: 'carol' })).json;
    const headers = { authorization: `Bearer ${key}` };
    const body = JSON.stringify({ name: 'x' });
    expect((await fetch(`${pair.gateway.url}/api/me/keys`, { method: 'POST', headers, body })).status).toBe(403);
  });

  it('gets no role by an unsigned or foreign token', async () => {
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    for (const token of [
      balancer.token({ payload: ROOT, key: foreign }),
      balancer.token({ payload: ROOT, header: { alg: 'none' } }),
      balancer.token({ payload: ROOT, header: { signer: balancer.arn.replace('proxy', 'other') } }),
      balancer.token({ payload: { ...ROOT, exp: 1 } }),
    ]) {
      expect((await ask(token, '/api/me')).status).toBe(401);
    }
  });
});
