import { measureCost } from '@claude-proxy/messages-api/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MESSAGE } from '../support/post-json.js';
import { type RawRequest, rawRequest } from '../support/raw-request.js';
import { type Pair, startPair } from '../support/start-pair.js';

/** The most that fits into the head of a request. */
const LONGEST = 60_000;
const TOKEN = 'admin-token-of-the-test';
const KEY = ['x-api-key', 'sk-ant-api03-caller', 'anthropic-version', '2023-06-01'];
const ADMIN = ['x-admin-token', TOKEN];

const filled = (unit: string, length = LONGEST) => unit.repeat(Math.floor(length / unit.length));
const ACCENTS = filled('e%CC%81');
const MARKS = `e${filled('%CC%95%CC%80')}`;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ ADMIN_TOKEN: TOKEN, CORS_ORIGINS: 'https://chat.example.com' });
});
afterAll(() => pair.close());

const get = (path: string, headers: readonly string[] = KEY): RawRequest => ({ path, headers });
const message = (headers: readonly string[], path = '/v1/messages'): RawRequest => ({
  method: 'POST',
  path,
  headers: [...headers, 'content-type', 'application/json'],
  body: JSON.stringify(MESSAGE),
});
const admin = (path: string, body?: unknown): RawRequest =>
  body === undefined
    ? get(path, ADMIN)
    : { method: 'POST', path, headers: ADMIN, body: typeof body === 'string' ? body : JSON.stringify(body) };
const drill = (more: Readonly<Record<string, unknown>>) => admin('/api/drills', { user: null, seconds: 1, ...more });

describe('a long text takes linear time at any position', () => {
  it.each<[name: string, request: RawRequest]>([
    ['a user of accents', message(KEY, `/user/${ACCENTS}/v1/messages`)],
    ['a user of marks in the wrong order', message(KEY, `/user/${MARKS}/v1/messages`)],
    ['a user of escapes', message(KEY, `/user/${filled('%25')}/v1/messages`)],
    ['a query', message(KEY, `/v1/messages?${filled('a=%41&')}`)],
    ['a path of slashes', get(`/v1/files/${filled('/')}`)],
    ['a path of dots', get(`/v1/files/${filled('../')}`)],
    ['a path of escapes', get(`/v1/models/${filled('%2e%2f')}`)],
    ['an unknown path', get(filled('/user/v1/messages'))],
    ['a bearer of blanks', message(['authorization', `Bearer${' '.repeat(LONGEST)}x y`])],
    ['a bearer of bearers', message(['authorization', filled('Bearer , ')])],
    ['a key of commas', message(['x-api-key', filled(', ')])],
    ['an origin', message([...KEY, 'origin', `https://${filled('a.')}`])],
    ['a coding', message([...KEY, 'content-encoding', filled('gzip ,')])],
    ['hops', message([...KEY, 'x-claude-proxy-hops', filled(',')])],
    ['betas', message([...KEY, 'anthropic-beta', filled('a,')])],
    ['connection', message([...KEY, 'connection', filled('x-a, ')])],
    ['a page with codings', get('/ui/', ['accept-encoding', filled('gzip ; q=0.0 ')])],
    ['a page with tags', get('/ui/', ['if-none-match', filled('W/"a",')])],
    ['cookies', get('/api/limits', ['cookie', filled('claude_proxy_session=1.; ')])],
    ['a session', get('/api/limits', ['cookie', `claude_proxy_session=${filled('1.')}`])],
    ['the admin token', get('/api/limits', ['authorization', `Bearer ${filled('x')}`])],
    ['a filter by user', admin(`/api/requests?user=${ACCENTS}`)],
    ['a filter by user with marks in the wrong order', admin(`/api/requests?user=${MARKS}`)],
    ['a filter by model', admin(`/api/requests?model=${filled('%41')}`)],
    ['a filter by time', admin(`/api/requests?since=${filled('1')}`)],
    ['an unknown filter', admin(`/api/requests?${filled('a')}=1`)],
    ['a request by id', admin(`/api/requests/exc_${filled('0')}`)],
    ['a day', admin(`/v1/usage?date=${filled('2026-')}`)],
    ['the usage of a user', admin(`/v1/usage/me?claude-code-user=${MARKS}`)],
    ['the user of a drill', drill({ user: `e${'\u0315\u0300'.repeat(10_000)}` })],
    ['members of a drill', drill(Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`k${index}`, 0])))],
    ['a drill nested without end', admin('/api/drills', `{"user":${'['.repeat(60_000)}`)],
    ['a token of a session', admin('/api/session', { token: 'x'.repeat(60_000) })],
    ['a drill in a header', message([...KEY, ...ADMIN, 'x-claude-proxy-drill', filled('rate-limit ')])],
  ])('%s', async (_name, request) => {
    const cost = measureCost();
    const { status, body } = await rawRequest(pair.gateway.port, request);
    // Includes the cost of the client.
    expect(cost()).toBeLessThan(1_000);
    expect(status < 500 || status === 508).toBe(true);
    // No refusal quotes the whole text.
    if (status >= 400) expect(body.length).toBeLessThan(4_000);
  });
});
