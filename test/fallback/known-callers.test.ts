import {
  type AnthropicSimulator,
  type BedrockSimulator,
  overloaded,
  rateLimited,
  refuse,
  resetBeforeHeaders,
  startAnthropicSimulator,
  startBedrockSimulator,
} from '@claude-proxy/simulator';
import { TableStore } from '@claude-proxy/storage';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { type Posting, postMessage } from '../support/post-message.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const GOOD = 'sk-ant-good';
const MADE_UP = 'sk-ant-made-up';
const HOUR = 3_600;

let anthropic: AnthropicSimulator;
let bedrock: BedrockSimulator;
let gateway: RunningGateway;

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test-key-id', AWS_SECRET_ACCESS_KEY: 'test-secret' });
  anthropic = await startAnthropicSimulator({ knownCredentials: [GOOD, 'sk-ant-second', 'sk-ant-operator'] });
  bedrock = await startBedrockSimulator();
});
afterAll(() => Promise.all([anthropic.close(), bedrock.close()]));
beforeEach(() => {
  anthropic.reset();
  bedrock.reset();
});
afterEach(() => gateway.close());

const start = async (environment: Readonly<Record<string, string>> = {}) => {
  const upstreams = { ANTHROPIC_UPSTREAM_URL: anthropic.url, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url };
  gateway = await startGateway({ ...upstreams, RETRY_THRESHOLD_SECONDS: '0', ...environment });
};
const post = (posting: Posting) => postMessage(gateway, posting);
const checks = () => anthropic.requests.filter(({ path }) => path === '/v1/models?limit=1');
const openAi = (path: string, apiKey: string, body: object) =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ model: 'claude-opus-5-5', ...body }),
  });
/** A limit in the published schema, without scopes. */
const limitByHand = (user: string) => {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const times = { retry_until: nowSeconds + HOUR, created_at: nowSeconds, ttl: nowSeconds + 2 * HOUR };
  const definition = { name: 'claude-proxy-rate-limits', partitionKey: 'user_id' };
  return gateway.app
    .get(TableStore)
    .table(definition)
    .put({ user_id: user, retry_after_seconds: HOUR, ...times });
};
/** Scripted by path, because the simulator then skips its credential check. */
const goAway = () => {
  for (const path of ['/v1/messages', '/v1/messages/count_tokens', '/v1/models']) {
    anthropic.scriptAt(path, ...Array.from({ length: 30 }, () => resetBeforeHeaders()));
  }
};

describe('an invalid key is never served by Bedrock', () => {
  it('while Anthropic is unreachable', async () => {
    await start();
    goAway();
    const answered = await post({ apiKey: MADE_UP });
    expect(answered.status).toBe(502);
    expect(answered.fallback).toContain('unknown credential');
    expect(answered.text).toContain('unknown credential');
  });

  it('while the circuit breaker of Anthropic is open', async () => {
    await start();
    await post({ apiKey: GOOD });
    goAway();
    for (let times = 0; times < 6; times += 1) await post({ apiKey: GOOD });
    expect(await post({ apiKey: GOOD })).toMatchObject({ upstream: 'bedrock', fallback: 'down' });
    const asked = bedrock.requests.length;
    expect(await post({ apiKey: MADE_UP })).toMatchObject({ status: 502, upstream: null });
    expect(bedrock.requests).toHaveLength(asked);
  });

  it.each([
    ['overloads', overloaded(), 529],
    ['answers 503', refuse(503), 503],
    ['answers 429 without any header of a limit', rateLimited({ isBare: true }), 429],
  ])('when Anthropic %s before it checks the key', async (_what, behaviour, status) => {
    await start();
    anthropic.scriptAt('/v1/messages', behaviour);
    const answered = await post({ apiKey: MADE_UP });
    expect(answered).toMatchObject({ status, upstream: 'anthropic' });
    expect(answered.fallback).toContain('unknown credential: anthropic refuses it');
  });

  it('for a limited user', async () => {
    await start();
    anthropic.scriptAt('/v1/messages', rateLimited({ retryAfterSeconds: HOUR }));
    expect(await post({ apiKey: GOOD })).toMatchObject({ upstream: 'bedrock' });
    expect(await post({ apiKey: MADE_UP })).toMatchObject({ status: 401, upstream: 'anthropic' });
    expect((await post({ apiKey: null })).status).toBe(401);
  });

  it('for a user whose limit was written by hand', async () => {
    await start();
    await limitByHand('alice');
    expect(await post({ apiKey: MADE_UP })).toMatchObject({ status: 401, upstream: 'anthropic' });
    expect((await post({ apiKey: null })).status).toBe(401);
    expect(await post({ apiKey: GOOD })).toMatchObject({ upstream: 'bedrock', fallback: 'limit_remembered' });
  });

  it('in a drill, of the process or of one request', async () => {
    await start({ FORCE_RATE_LIMIT: 'true' });
    expect(await post({ apiKey: MADE_UP })).toMatchObject({ status: 401, upstream: 'anthropic' });
    await gateway.close();
    await start({ ADMIN_TOKEN: 'admin-token-of-the-test' });
    const headers = { 'x-admin-token': 'admin-token-of-the-test', 'x-claude-proxy-drill': 'rate-limit' };
    expect(await post({ apiKey: MADE_UP, headers })).toMatchObject({ status: 401, upstream: 'anthropic' });
    expect(await post({ apiKey: GOOD, headers })).toMatchObject({ upstream: 'bedrock', fallback: 'drill' });
  });

  it('in a drill while Anthropic is unreachable', async () => {
    await start({ FORCE_RATE_LIMIT: 'true' });
    goAway();
    const answered = await post({ apiKey: MADE_UP });
    expect(answered).toMatchObject({ status: 503, upstream: null });
    expect(answered.fallback).toContain('unknown credential');
  });

  it('on any endpoint', async () => {
    await start();
    goAway();
    const question = { role: 'user', content: 'hello' };
    const chat = await openAi('/v1/chat/completions', MADE_UP, { messages: [question] });
    const responses = await openAi('/v1/responses', MADE_UP, { input: 'hello' });
    const counted = await openAi('/v1/messages/count_tokens', MADE_UP, { messages: [question] });
    const streamed = await post({ apiKey: MADE_UP, isStream: true });
    expect([chat.status, responses.status, counted.status, streamed.status]).toEqual([502, 502, 502, 502]);
    for (const { headers } of [chat, responses, streamed])
      expect(headers.get('x-claude-proxy-fallback')).toContain('unknown credential');
  });

  afterEach(() => {
    const keys = bedrock.requests.filter(({ body }) => body.includes(MADE_UP));
    expect(keys).toEqual([]);
  });
});

describe('a credential is known', () => {
  it('once Anthropic has answered with it, and Bedrock serves it while Anthropic is unreachable', async () => {
    await start();
    await post({ apiKey: GOOD });
    goAway();
    expect(await post({ apiKey: GOOD, user: 'bob' })).toMatchObject({ upstream: 'bedrock', fallback: 'unreachable' });
    expect(checks()).toHaveLength(0);
  });

  it('once Anthropic has limited it', async () => {
    await start();
    anthropic.scriptAt('/v1/messages', rateLimited({ retryAfterSeconds: HOUR }));
    expect(await post({ apiKey: GOOD })).toMatchObject({ upstream: 'bedrock', fallback: 'rate_limited' });
    expect(checks()).toHaveLength(0);
  });

  it('in every task and after a restart, under its whole hash, and is not a limit', async () => {
    await start();
    await post({ apiKey: GOOD });
    const { dataDirectory } = gateway;
    const first = gateway;
    await start({ DATA_DIR: dataDirectory });
    goAway();
    expect(await post({ apiKey: GOOD })).toMatchObject({ upstream: 'bedrock' });
    expect(checks()).toHaveLength(0);
    expect((await adminApi(() => gateway).ask('/api/limits')).json).toEqual({ limits: [] });
    await gateway.close();
    gateway = first;
  });

  it('until Anthropic refuses it, in all tasks', async () => {
    await start();
    await post({ apiKey: GOOD });
    anthropic.scriptAt('/v1/messages', refuse(401));
    expect((await post({ apiKey: GOOD })).status).toBe(401);
    goAway();
    expect((await post({ apiKey: GOOD })).status).toBe(502);
  });

  it('if it is the operator’s', async () => {
    await start({ ANTHROPIC_API_KEY: 'sk-ant-operator' });
    goAway();
    expect(await post({ apiKey: null })).toMatchObject({ upstream: 'bedrock' });
    expect(await post({ apiKey: 'proxy-mode' })).toMatchObject({ upstream: 'bedrock' });
    expect((await post({ apiKey: MADE_UP })).status).toBe(502);
  });
});

describe('a credential that is seen for the first time in a drill', () => {
  it('is checked once for simultaneous requests', async () => {
    await start({ FORCE_RATE_LIMIT: 'true' });
    const users = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(users.map((user) => post({ user, apiKey: GOOD })));
    expect(answers.map(({ upstream }) => upstream)).toEqual(users.map(() => 'bedrock'));
    await post({ apiKey: GOOD });
    expect(checks()).toHaveLength(1);
    expect(checks()[0]!.headers).toMatchObject({ 'x-api-key': GOOD, 'anthropic-version': '2023-06-01' });
  });

  it('is not checked again for a minute if Anthropic has refused it', async () => {
    await start({ FORCE_RATE_LIMIT: 'true' });
    for (let times = 0; times < 3; times += 1) expect((await post({ apiKey: MADE_UP })).status).toBe(401);
    expect(checks()).toHaveLength(1);
  });

  it('is known if the answer to the check is a rate limit', async () => {
    await start({ FORCE_RATE_LIMIT: 'true' });
    anthropic.scriptAt('/v1/models', rateLimited({ retryAfterSeconds: HOUR }));
    expect(await post({ apiKey: GOOD })).toMatchObject({ upstream: 'bedrock', fallback: 'drill' });
  });

  it('is sent with the beta that a subscription needs', async () => {
    await start({ FORCE_RATE_LIMIT: 'true' });
    await post({ apiKey: null, headers: { authorization: `Bearer ${GOOD}` } });
    expect(checks()[0]!.headers).toMatchObject({
      authorization: `Bearer ${GOOD}`,
      'anthropic-beta': 'oauth-2025-04-20',
    });
  });
});

describe('FALLBACK_FOR=anyone', () => {
  it('serves any credential from Bedrock, but no request without one', async () => {
    await start({ FALLBACK_FOR: 'anyone' });
    goAway();
    expect(await post({ apiKey: MADE_UP })).toMatchObject({ status: 200, upstream: 'bedrock' });
    expect((await post({ apiKey: null })).status).toBe(401);
    expect(checks()).toHaveLength(0);
  });

  it('drills any credential', async () => {
    await start({ FALLBACK_FOR: 'anyone', FORCE_RATE_LIMIT: 'true' });
    expect(await post({ apiKey: MADE_UP })).toMatchObject({ upstream: 'bedrock', fallback: 'drill' });
  });
});
