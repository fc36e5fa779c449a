import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { MESSAGE } from '../support/post-json.js';
import { linesOf, rawRequest } from '../support/raw-request.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { type Pair, startPair } from '../support/start-pair.js';

/** The credential headers that Anthropic received, in their original spelling. */
type Shown = readonly (readonly [name: string, value: string])[];

async function shownBy(pair: Pair, headers: readonly string[], path = '/v1/messages'): Promise<Shown> {
  pair.anthropic.reset();
  const method = path === '/v1/files' ? 'GET' : 'POST';
  await rawRequest(pair.gateway.port, {
    method,
    path,
    headers: ['anthropic-version', '2023-06-01', ...headers],
    ...(method === 'POST' ? { body: JSON.stringify(MESSAGE) } : {}),
  });
  const { rawHeaders } = await pair.anthropic.requestAt(0);
  return ['x-api-key', 'authorization'].flatMap((name) =>
    linesOf(rawHeaders, name).map((value) => [name, value] as const),
  );
}

describe('without a credential of the operator', () => {
  let pair: Pair;
  const { ask, written } = adminApi(() => pair.gateway);
  const recorded = async (id: unknown) => {
    await written();
    return (await ask(`/api/requests/${id}`)).json;
  };
  beforeAll(async () => {
    pair = await startPair();
  });
  beforeEach(() => pair.anthropic.reset());
  afterAll(() => pair.close());

  it.each<[name: string, headers: readonly string[], shown: Shown]>([
    ['a key in its original header', ['x-api-key', 'sk-ant-api03-a'], [['x-api-key', 'sk-ant-api03-a']]],
    ['a bearer unchanged', ['Authorization', 'Bearer sk-ant-oat01-b'], [['authorization', 'Bearer sk-ant-oat01-b']]],
    ['the spelling of a bearer', ['authorization', 'bearer  tok'], [['authorization', 'bearer  tok']]],
    [
      'an API key as a bearer',
      ['authorization', 'Bearer sk-ant-api03-a'],
      [['authorization', 'Bearer sk-ant-api03-a']],
    ],
    [
      'only the key, if both were sent',
      ['authorization', 'Bearer sk-ant-oat01-b', 'x-api-key', 'sk-ant-api03-a'],
      [['x-api-key', 'sk-ant-api03-a']],
    ],
    [
      'the bearer, if the key is a placeholder',
      ['x-api-key', 'proxy-mode', 'authorization', 'Bearer sk-ant-oat01-b'],
      [['authorization', 'Bearer sk-ant-oat01-b']],
    ],
    [
      'the bearer, if the key is empty',
      ['x-api-key', '', 'authorization', 'Bearer sk-ant-oat01-b'],
      [['authorization', 'Bearer sk-ant-oat01-b']],
    ],
  ])('passes on %s', async (_name, headers, shown) => {
    expect(await shownBy(pair, headers)).toEqual(shown);
  });

  it('passes on the same for the relayed endpoints', async () => {
    const both = ['authorization', 'Bearer sk-ant-oat01-b', 'x-api-key', 'sk-ant-api03-a'];
    expect(await shownBy(pair, both, '/v1/files')).toEqual([['x-api-key', 'sk-ant-api03-a']]);
  });

  it.each<[name: string, headers: readonly string[]]>([
    ['none', []],
    ['an empty key', ['x-api-key', ' ']],
    ['a placeholder as key', ['x-api-key', 'any-key']],
    ['a placeholder as bearer', ['authorization', 'Bearer test']],
    ['placeholders in both', ['x-api-key', 'proxy-mode', 'authorization', 'Bearer proxy-mode']],
    ['a bearer without a token', ['authorization', 'Bearer ']],
    ['basic authentication', ['authorization', 'Basic dXNlcjpwdw==']],
  ])('answers 401 with the setting that is missing: %s', async (_name, headers) => {
    for (const [method, path] of [
      ['POST', '/v1/messages'],
      ['POST', '/user/alice/v1/messages/count_tokens'],
      ['GET', '/v1/files'],
    ] as const) {
      const body = method === 'POST' ? JSON.stringify(MESSAGE) : undefined;
      const answer = await rawRequest(pair.gateway.port, { method, path, headers, ...(body && { body }) });
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.headers['request-id']).toMatch(/^exc_/);
      expect(answer.headers).not.toHaveProperty('x-claude-proxy-upstream');
      expect(await recorded(answer.headers['x-claude-proxy-exchange'])).toMatchObject({
        status: 401,
        outcome: 'refused',
        upstream: null,
        attempts: [],
        error: expect.stringMatching(/^The request has no credential/),
      });
      expect(JSON.parse(answer.body.toString())).toMatchObject({
        type: 'error',
        error: { type: 'authentication_error', message: expect.stringMatching(/ANTHROPIC_API_KEY.*x-api-key/) },
      });
    }
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each(
    ['/v1/messages', '/v1/messages/stream', '/v1/messages/count_tokens', '/v1/files', '/v1/messages/batches'].concat(
      ['/v1/chat/completions', '/v1/responses'].flatMap((path) => [path, `/user/alice${path}`]),
    ),
  )('answers 401 before the body arrives, without reading it: %s', async (path) => {
    const caller = await RawSocket.connect(pair.gateway.port);
    caller
      .write(headOfPost(path, 'content-length: 30000000').replace(/x-api-key: .*/, 'x-api-key: any-key'))
      .write('{');
    expect(await caller.readUntil('"}')).toMatch(/^HTTP\/1\.1 401 .*connection: close/is);
    await caller.closed();
  });
});

describe('the admin token', () => {
  const ADMIN_TOKEN = 'hush-hush-admin';
  const both = ['authorization', `Bearer ${ADMIN_TOKEN}`, 'x-api-key', ADMIN_TOKEN];

  it.each<[name: string, environment: Record<string, string>, headers: readonly string[], shown: Shown]>([
    ["is replaced by the operator's key", { ANTHROPIC_API_KEY: 'sk-op' }, both, [['x-api-key', 'sk-op']]],
    ['is replaced by a key beside it', {}, [...both.slice(0, 2), 'x-api-key', 'sk-mine'], [['x-api-key', 'sk-mine']]],
    [
      'is replaced by a bearer beside it',
      {},
      [...both.slice(2), 'authorization', 'Bearer b'],
      [['authorization', 'Bearer b']],
    ],
  ])('is never sent to Anthropic, and %s', async (_name, environment, headers, shown) => {
    const pair = await startPair({ ADMIN_TOKEN, ...environment });
    try {
      expect(await shownBy(pair, headers)).toEqual(shown);
      expect(await shownBy(pair, headers, '/v1/files')).toEqual(shown);
      expect(JSON.stringify(pair.anthropic.requests)).not.toContain(ADMIN_TOKEN);
    } finally {
      await pair.close();
    }
  });

  it.each([
    ['a bearer', both.slice(0, 2)],
    ['a key', both.slice(2)],
  ])('is not a credential as %s', async (_name, headers) => {
    const pair = await startPair({ ADMIN_TOKEN });
    try {
      const asked = { method: 'POST', path: '/v1/messages', headers, body: JSON.stringify(MESSAGE) };
      expect(await rawRequest(pair.gateway.port, asked)).toMatchObject({ status: 401 });
      expect(pair.anthropic.requests).toHaveLength(0);
    } finally {
      await pair.close();
    }
  });
});

describe('with a credential of the operator', () => {
  it.each<[name: string, environment: Record<string, string>, headers: readonly string[], shown: Shown]>([
    ['ANTHROPIC_API_KEY is sent as a key', { ANTHROPIC_API_KEY: 'sk-op' }, [], [['x-api-key', 'sk-op']]],
    [
      'ANTHROPIC_AUTH_TOKEN is sent as a bearer',
      { ANTHROPIC_AUTH_TOKEN: 'op-token' },
      ['x-api-key', 'test'],
      [['authorization', 'Bearer op-token']],
    ],
    [
      'ANTHROPIC_API_KEY comes before ANTHROPIC_AUTH_TOKEN',
      { ANTHROPIC_API_KEY: 'sk-op', ANTHROPIC_AUTH_TOKEN: 'op-token' },
      ['authorization', 'Bearer any-key'],
      [['x-api-key', 'sk-op']],
    ],
    [
      "the caller's own comes first",
      { ANTHROPIC_API_KEY: 'sk-op' },
      ['authorization', 'Bearer mine'],
      [['authorization', 'Bearer mine']],
    ],
    [
      'PLACEHOLDER_CREDENTIALS defines the placeholders',
      { ANTHROPIC_API_KEY: 'sk-op', PLACEHOLDER_CREDENTIALS: 'dummy, none' },
      ['x-api-key', 'none', 'authorization', 'Bearer test'],
      [['authorization', 'Bearer test']],
    ],
  ])('%s', async (_name, environment, headers, shown) => {
    const pair = await startPair(environment);
    try {
      expect(await shownBy(pair, headers)).toEqual(shown);
      expect(await shownBy(pair, headers, '/v1/files')).toEqual(shown);
    } finally {
      await pair.close();
    }
  });
});
