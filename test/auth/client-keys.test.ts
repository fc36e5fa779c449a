import type { CreatedKey, KeyList, NewKey } from '@claude-proxy/admin-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { ClientKeyStore } from '../../apps/proxy/src/auth/keys/client-key.store.js';
import { newKeyText } from '../../apps/proxy/src/auth/keys/key-text.js';
import { adminApi } from '../support/admin-api.js';
import { CLIENT_HEADERS, MESSAGE } from '../support/post-json.js';
import { linesOf, rawRequest } from '../support/raw-request.js';
import { startGateway } from '../support/start-gateway.js';
import { type Pair, startPair } from '../support/start-pair.js';

const IMPORTED = `ccf_${'0123456789abcdef'.repeat(4)}`;
const LISTED = 'listed-key-of-the-guide';
const OWN = 'sk-ant-api03-own';
const OPERATOR = 'sk-ant-api03-operator';

let pair: Pair;
let reads: string[];
const admin = adminApi(() => pair.gateway);
beforeAll(async () => {
  pair = await startPair({ CLIENT_AUTH: 'keys', ALLOWED_API_KEYS: `${LISTED}, other`, ANTHROPIC_API_KEY: OPERATOR });
  const store = pair.gateway.app.get(ClientKeyStore);
  const find = store.find.bind(store);
  store.find = (id) => {
    reads.push(id);
    return find(id);
  };
});
beforeEach(() => {
  pair.anthropic.reset();
  reads = [];
});
afterAll(() => pair.close());

const create = async (order: Partial<NewKey> = {}): Promise<CreatedKey> => {
  const { status, json } = await admin.post('/api/keys', { name: 'laptop', user: 'alice', ...order });
  expect(status).toBe(201);
  return json;
};
interface Asking {
  readonly path?: string;
  readonly method?: string;
  readonly body?: unknown;
}
const ask = async (
  headers: readonly string[],
  { path = '/v1/messages', method = 'POST', body = MESSAGE }: Asking = {},
) => {
  const answer = await rawRequest(pair.gateway.port, {
    method,
    path,
    headers: ['anthropic-version', '2023-06-01', ...headers],
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
  const text = answer.body.toString();
  return { status: answer.status, headers: answer.headers, text, message: JSON.parse(text).error?.message as string };
};
const exchangeOf = async (id: unknown) => {
  await admin.written();
  return (await admin.ask(`/api/requests/${id}`)).json;
};
const bearer = (key: string) => ['authorization', `Bearer ${key}`];
const refusal = (status: number, type: string, message: RegExp) => ({
  status,
  text: expect.stringContaining(`"${type}"`),
  message: expect.stringMatching(message),
  headers: expect.objectContaining({ 'x-should-retry': 'false' }),
});

describe('a client key', () => {
  it.each<[place: string, headers: (key: string) => readonly string[]]>([
    ['a bearer', bearer],
    ['x-api-key', (key) => ['x-api-key', key]],
    ['both, as apiKeyHelper sends it', (key) => ['x-api-key', key, ...bearer(key)]],
    ['x-claude-proxy-key', (key) => ['x-claude-proxy-key', key]],
    ['a bearer beside a placeholder', (key) => ['x-api-key', 'proxy-mode', ...bearer(key)]],
  ])('K5: is accepted as %s on every endpoint, and never sent to an upstream', async (_place, headers) => {
    const { key, id } = await create();
    for (const asking of [{}, { path: '/v1/messages/count_tokens' }, { path: '/v1/models', method: 'GET' }]) {
      const answer = await ask(headers(key), asking);
      expect([asking, answer.status]).toEqual([asking, 200]);
      expect(await exchangeOf(answer.headers['x-claude-proxy-exchange'])).toMatchObject({
        user: 'alice',
        client_key: id,
      });
    }
    for (const { rawHeaders } of pair.anthropic.requests) {
      expect(rawHeaders.join('\n')).not.toContain(key.slice(13));
      expect(linesOf(rawHeaders, 'x-api-key')).toEqual([OPERATOR]);
    }
    expect(reads).toEqual([id]);
  });

  it("K5: leaves the caller's own credential to Anthropic if it is sent as x-claude-proxy-key", async () => {
    const { key } = await create();
    expect((await ask(['x-claude-proxy-key', key, 'x-api-key', OWN])).status).toBe(200);
    const { rawHeaders } = await pair.anthropic.requestAt(0);
    expect(linesOf(rawHeaders, 'x-api-key')).toEqual([OWN]);
    expect(rawHeaders.join('\n')).not.toContain('ccp_');
  });

  it('K5: is refused beside a different credential', async () => {
    const [one, other] = [await create(), await create()];
    for (const beside of [other.key, OWN]) {
      const answer = await ask(['x-api-key', one.key, ...bearer(beside)]);
      expect(answer).toMatchObject(refusal(400, 'invalid_request_error', /a different credential.*x-claude-proxy-key/));
    }
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('K2: with a wrong checksum is refused without a read of the store', async () => {
    const { key } = await create();
    const wrong = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    for (let times = 0; times < 20; times += 1)
      expect(await ask(bearer(wrong))).toMatchObject(refusal(401, 'authentication_error', /misspelled.*checksum/));
    expect(reads).toEqual([]);
  });

  it('K2: with an unknown id is refused with one read of the store', async () => {
    const unknown = newKeyText();
    for (let times = 0; times < 20; times += 1)
      expect(await ask(bearer(unknown))).toMatchObject(refusal(401, 'authentication_error', /unknown/));
    expect(reads).toEqual([unknown.slice(4, 12)]);
  });

  it('with a known id and another secret is refused like an unknown one', async () => {
    const { id } = await create();
    const unknown = await ask(bearer(newKeyText()));
    const guessed = await ask(bearer(newKeyText(id)));
    expect([guessed.status, guessed.message]).toEqual([unknown.status, unknown.message]);
  });

  it('K6: serves its own user, with and without the user in the path', async () => {
    const { key } = await create({ user: 'carol' });
    for (const path of ['/v1/messages', '/user/carol/v1/messages']) {
      const answer = await ask(bearer(key), { path });
      expect(await exchangeOf(answer.headers['x-claude-proxy-exchange'])).toMatchObject({ user: 'carol', status: 200 });
    }
  });

  it('K6: is refused for another user, existing or not, with the same words', async () => {
    const { key } = await create({ user: 'carol' });
    const answers = await Promise.all(
      ['alice', 'zz'].map((user) => ask(bearer(key), { path: `/user/${user}/v1/messages` })),
    );
    expect(answers[0]).toMatchObject(refusal(403, 'permission_error', /^This client key may not be used for the user/));
    expect(answers[0]!.text).not.toMatch(/alice|carol/);
    expect(answers[1]!.message).toBe(answers[0]!.message);
    expect(await exchangeOf(answers[0]!.headers['x-claude-proxy-exchange'])).toMatchObject({
      user: 'carol',
      status: 403,
    });
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('K6: with the role delegate serves other users', async () => {
    const { key } = await create({ user: 'bot', roles: ['delegate'] });
    const answer = await ask(bearer(key), { path: '/user/alice/v1/messages' });
    expect(await exchangeOf(answer.headers['x-claude-proxy-exchange'])).toMatchObject({ user: 'alice', status: 200 });
  });

  it('serves its models and endpoints only', async () => {
    const { key } = await create({ models: ['claude-haiku-*'], endpoints: ['messages', 'batches'] });
    expect(await ask(bearer(key))).toMatchObject(
      refusal(403, 'permission_error', /may not use the model "claude-opus-5-5"; allowed: claude-haiku-\*/),
    );
    expect((await ask(bearer(key), { body: { ...MESSAGE, model: 'claude-haiku-4-5' } })).status).toBe(200);
    for (const path of ['/v1/messages/count_tokens', '/v1/messages/batches'])
      expect(await ask(bearer(key), { path })).toMatchObject(
        refusal(403, 'permission_error', /may not use this endpoint/),
      );
  });

  it('that expired, is disabled or was revoked is refused with the reason', async () => {
    const { key, id } = await create();
    await admin.ask(`/api/keys/${id}`, { method: 'PATCH', body: JSON.stringify({ state: 'disabled' }) });
    expect(await ask(bearer(key))).toMatchObject(refusal(401, 'authentication_error', /is disabled/));
    await admin.ask(`/api/keys/${id}`, { method: 'PATCH', body: JSON.stringify({ state: 'active' }) });
    expect((await ask(bearer(key))).status).toBe(200);
    expect((await admin.ask(`/api/keys/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await ask(bearer(key))).toMatchObject(refusal(401, 'authentication_error', /was revoked on 20\d\d-/));
    expect((await admin.post(`/api/keys/${id}/rotate`, {})).status).toBe(409);
  });

  it('K4: works beside its successor until the overlap ends, then is refused with the day of the rotation', async () => {
    const { key: old, id } = await create();
    const { json: overlapping } = await admin.post(`/api/keys/${id}/rotate`, { overlap_seconds: 60 });
    expect([(await ask(bearer(old))).status, (await ask(bearer(overlapping.key))).status]).toEqual([200, 200]);
    const { json: last } = await admin.post(`/api/keys/${id}/rotate`, { overlap_seconds: 0 });
    expect(await ask(bearer(overlapping.key))).toMatchObject(
      refusal(401, 'authentication_error', /was rotated on 20\d\d-/),
    );
    expect(await ask(bearer(old))).toMatchObject(refusal(401, 'authentication_error', /unknown/));
    expect((await ask(bearer(last.key))).status).toBe(200);
  });

  it('of the predecessor can be imported once', async () => {
    expect((await ask(bearer(IMPORTED))).status).toBe(401);
    const { key, id } = await create({ imported_key: IMPORTED, user: 'dora' });
    expect(key).toBe(IMPORTED);
    const answer = await ask(bearer(IMPORTED));
    expect(await exchangeOf(answer.headers['x-claude-proxy-exchange'])).toMatchObject({ user: 'dora', client_key: id });
    expect((await admin.post('/api/keys', { name: 'x', user: 'y', imported_key: IMPORTED })).status).toBe(409);
  });

  it('of ALLOWED_API_KEYS serves the user of the path, and is never sent to an upstream', async () => {
    const answer = await ask(['x-api-key', LISTED], { path: '/user/erik/v1/messages' });
    expect(answer.status).toBe(200);
    const { rawHeaders } = await pair.anthropic.requestAt(0);
    expect(rawHeaders.join('\n')).not.toContain(LISTED);
    expect(await exchangeOf(answer.headers['x-claude-proxy-exchange'])).toMatchObject({ user: 'erik' });
    // Too short to be a secret.
    expect((await ask(['x-api-key', 'other'])).status).toBe(401);
  });
});

describe('CLIENT_AUTH=keys', () => {
  it.each<[name: string, headers: readonly string[]]>([
    ['no credential', []],
    ['an own credential', ['x-api-key', OWN]],
    ['a placeholder', bearer('proxy-mode')],
  ])('refuses %s on every endpoint before anything else', async (_name, headers) => {
    for (const asking of [{}, { path: '/v1/models', method: 'GET' }, { path: '/v1/files', method: 'GET' }])
      expect(await ask(headers, asking)).toMatchObject(refusal(401, 'authentication_error', /has no client key/));
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('refuses in the dialect of the caller, once', async () => {
    const client = new OpenAI({ apiKey: newKeyText(), baseURL: `${pair.gateway.url}/v1`, maxRetries: 2 });
    const messages = [{ role: 'user' as const, content: 'hello' }];
    const error = await client.chat.completions
      .create({ model: 'claude-opus-5-5', messages })
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', message: expect.stringContaining('unknown') });
    await admin.written();
    const { json } = await admin.ask('/api/requests?limit=5');
    expect(json.requests.filter(({ status }: { status: number }) => status === 401)[0]).toMatchObject({
      user: 'default',
    });
  });
});

describe('without CLIENT_AUTH', () => {
  it('own credentials are served, and a client key is checked and never sent to an upstream', async () => {
    const open = await startGateway({ ANTHROPIC_UPSTREAM_URL: pair.anthropic.url, FALLBACK_CHAIN: 'anthropic' });
    const post = (key: string) =>
      fetch(`${open.url}/v1/messages`, {
        method: 'POST',
        headers: { ...CLIENT_HEADERS, 'x-api-key': key },
        body: JSON.stringify(MESSAGE),
      });
    expect((await post(OWN)).status).toBe(200);
    expect((await post(newKeyText())).status).toBe(401);
    expect(pair.anthropic.requests).toHaveLength(1);
    await open.close();
  });
});

describe('/api/keys', () => {
  it('K1: shows a key once, and lists its attributes', async () => {
    const order = { name: 'ci', user: 'frank', owner: 'service', team: 'core', limits: { concurrency: 2 } } as const;
    const { key, id } = await create({ ...order, expires_at: Date.now() + 60_000 });
    await ask(bearer(key));
    const { json, text } = await admin.ask('/api/keys');
    expect((json as KeyList).keys.find((each) => each.id === id)).toMatchObject({
      ...order,
      roles: ['user'],
      state: 'active',
      created_by: expect.stringMatching(/^admin_token [0-9a-f]{12}$/),
      last_used_day: new Date().toISOString().slice(0, 10),
    });
    expect(text).not.toContain(key.slice(13, 21));
  });

  it.each<[name: string, body: object, message: RegExp]>([
    ['no name', { user: 'x' }, /name is required/],
    ['an invalid user', { name: 'x', user: 'a/b' }, /The user id must be/],
    ['an unknown role', { name: 'x', user: 'x', roles: ['root'] }, /roles must be/],
    ['a limit of 0', { name: 'x', user: 'x', limits: { concurrency: 0 } }, /limits must have/],
    ['an end in the past', { name: 'x', user: 'x', expires_at: Date.UTC(2026, 0, 1) }, /not in the future/],
    ['an unknown member', { name: 'x', user: 'x', budget: 1 }, /budget.{2} is not a member/],
  ])('refuses %s', async (_name, body, message) => {
    const { status, text } = await admin.post('/api/keys', body);
    expect([status, text]).toEqual([400, expect.stringMatching(message)]);
  });

  it('is closed without the admin token, and answers 404 for an unknown id', async () => {
    expect((await fetch(`${pair.gateway.url}/api/keys`)).status).toBe(401);
    expect((await admin.post('/api/keys/none/rotate', {})).status).toBe(404);
  });
});

describe('an address with many unknown keys', () => {
  it('K2: that tries a thousand wrong keys finds nothing, costs a hundred reads of the store at most, and its keys in use are served', async () => {
    const { key } = await create();
    await ask(bearer(key));
    reads = [];
    const statuses = new Set<number>();
    const { id } = await create();
    const wrong = [() => newKeyText(), () => `${newKeyText()}x`, () => newKeyText(id), () => `ccf_${'0'.repeat(64)}`];
    for (let times = 0; times < 1_000; times += 1) statuses.add((await ask(bearer(wrong[times % 4]!()))).status);
    expect([...statuses]).toEqual([401, 429]);
    // The key that was created meanwhile makes the others be read again.
    expect(reads.length).toBeLessThanOrEqual(101);
    expect((await ask(bearer(key))).status).toBe(200);
  });
});
