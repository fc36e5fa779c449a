import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MESSAGE } from '../support/post-json.js';
import { type Pair, startPair } from '../support/start-pair.js';

const OPERATOR = { ANTHROPIC_API_KEY: 'sk-ant-operator', ADMIN_TOKEN: 'admin-token-of-the-test' };
const EVIL = 'https://evil.example';
const BODY = JSON.stringify(MESSAGE);

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ ...OPERATOR, CORS_ORIGINS: 'https://chat.example.com, vscode-webview://abc, null' });
});
beforeEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

/** Through `node:http`, because `fetch` does not send the headers that only a browser may set. */
const send = async (method: string, path: string, headers: Record<string, string>, body = '') => {
  const { port } = pair.gateway;
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  const sent = request({ port, host: '127.0.0.1', method, path, headers: { ...length, ...headers }, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
};
const spent = () => pair.anthropic.requests.length;

describe('a page of an origin that is not listed gets 403', () => {
  it.each([
    ['POST', '/api/accounts'],
    ['PATCH', '/api/accounts/acc_1'],
    ['POST', '/api/keys'],
    ['PUT', '/api/fallback'],
    ['PUT', '/api/budgets/everybody'],
    ['DELETE', '/api/limits/alice'],
  ])('C14: for each write of the admin API, on loopback without a token: %s %s', async (method, path) => {
    const byOrigin = await send(method, path, { origin: EVIL, 'content-type': 'text/plain' }, '{}');
    const bySite = await send(method, path, { 'sec-fetch-site': 'cross-site' }, '{}');
    expect([byOrigin.status, bySite.status]).toEqual([403, 403]);
  });

  it.each([
    ['POST', '/v1/messages'],
    ['POST', '/user/alice/v1/messages'],
    ['POST', '/v1/%6dessages'],
    ['POST', '/v1/messages/stream'],
    ['POST', '/v1/messages/count_tokens'],
    ['POST', '/v1/messages/batches'],
    ['POST', '/v1/files'],
    ['DELETE', '/v1/files/file_1'],
    ['POST', '/v1/skills'],
    ['GET', '/v1/files/file_1/content'],
    ['GET', '/v1/models'],
    ['POST', '/v1/chat/completions'],
    ['POST', '/v1/responses'],
    ['POST', '/api/drills'],
    ['DELETE', '/api/limits/alice'],
    ['POST', '/api/session'],
    ['DELETE', '/api/session'],
  ])('at %s %s, by its origin and by its site', async (method, path) => {
    const token = { 'x-admin-token': OPERATOR.ADMIN_TOKEN };
    const byOrigin = await send(method, path, { ...token, origin: EVIL, 'content-type': 'text/plain' }, BODY);
    const bySite = await send(method, path, { ...token, 'sec-fetch-site': 'cross-site' }, BODY);
    expect([byOrigin.status, bySite.status]).toEqual([403, 403]);
    expect(byOrigin.body).toContain('CORS_ORIGINS');
    expect(spent()).toBe(0);
  });

  it.each([
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/json',
    '',
  ])('with the content type %j', async (type) => {
    const headers = { origin: EVIL, ...(type && { 'content-type': type }) };
    expect((await send('POST', '/v1/messages', headers, BODY)).status).toBe(403);
    expect(spent()).toBe(0);
  });

  it.each([
    'http://localhost:3000',
    'http://127.0.0.1',
    'chrome-extension://abc',
    'https://chat.example.com.evil.example',
  ])('also as %s', async (origin) => {
    expect((await send('POST', '/v1/messages', { origin }, BODY)).status).toBe(403);
  });

  it('in the format of its endpoint', async () => {
    const { body } = await send('POST', '/v1/chat/completions', { origin: EVIL }, BODY);
    expect(JSON.parse(body)).toMatchObject({ error: { message: expect.stringContaining(EVIL), param: null } });
    expect(JSON.parse((await send('POST', '/v1/messages', { origin: EVIL }, BODY)).body)).toMatchObject({
      type: 'error',
      error: { type: 'permission_error' },
    });
  });

  it('with a listed origin at an admin endpoint', async () => {
    const headers = { origin: 'https://chat.example.com', 'x-admin-token': OPERATOR.ADMIN_TOKEN };
    expect((await send('DELETE', '/api/limits/alice', headers)).status).toBe(403);
  });
});

describe('the gateway serves', () => {
  it.each([
    ['programs', {}],
    ['listed pages', { origin: 'https://chat.example.com', 'sec-fetch-site': 'cross-site' }],
    ['listed webviews', { origin: 'vscode-webview://abc' }],
    ['pages without an origin, if "null" is listed', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ])('%s', async (_who, headers) => {
    const sent = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers };
    expect((await send('POST', '/v1/messages', sent, BODY)).status).toBe(200);
  });

  it('its own pages, also behind a load balancer with HTTPS', async () => {
    const write = (headers: Record<string, string>) =>
      send('DELETE', '/api/limits/alice', { 'x-admin-token': OPERATOR.ADMIN_TOKEN, ...headers });
    const { port } = pair.gateway;
    expect((await write({ origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' })).status).toBe(204);
    expect((await write({ origin: 'https://gateway', host: 'gateway' })).status).toBe(204);
  });

  it('links from other sites to the dashboard', async () => {
    const { status } = await send('GET', '/ui/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' });
    expect(status).not.toBe(403);
  });
});

describe('on loopback, a host name that a page can point here', () => {
  const rebound = { host: 'evil.example:8080', origin: 'http://evil.example:8080' };

  it('gets 403, with any origin', async () => {
    expect((await send('POST', '/v1/messages', { ...rebound, 'sec-fetch-site': 'same-origin' }, BODY)).status).toBe(
      403,
    );
    const { status, body } = await send('GET', '/v1/models', { host: 'evil.example:8080' });
    expect([status, body]).toEqual([403, expect.stringContaining('ALLOWED_HOSTS')]);
    expect((await send('GET', '/api/limits', { host: 'evil.example' })).status).toBe(403);
    expect(spent()).toBe(0);
  });

  it('is served if ALLOWED_HOSTS lists it, and always for health checks', async () => {
    expect((await send('GET', '/health', { host: 'evil.example' })).status).toBe(200);
    await pair.close();
    pair = await startPair({ ...OPERATOR, ALLOWED_HOSTS: 'gateway.test' });
    expect((await send('GET', '/v1/models', { host: 'gateway.test:8080' })).status).toBe(200);
  });
});
