import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { LimitStore } from '../../apps/proxy/src/fallback/limit.store.js';
import { EndedExchanges } from '../support/ended-exchanges.js';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;
afterEach(() => pair.close());

const post = (path = '/user/alice/v1/messages', headers: Record<string, string> = {}) =>
  postJson(pair.gateway.url + path, MESSAGE, { headers: { ...CLIENT_HEADERS, ...headers } });
const statusesOf = async (count: number, path?: string, headers?: Record<string, string>) => {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const response = await post(path, headers);
    await response.text();
    statuses.push(response.status);
  }
  return statuses;
};

describe('the limit of requests', () => {
  it('refuses one request too many like Anthropic, and sends it to no upstream', async () => {
    pair = await startPair({ THROTTLE_LIMIT: '3' });
    const finished = new EndedExchanges(pair.gateway);
    expect(await statusesOf(3)).toEqual([200, 200, 200]);
    const response = await post();
    expect(response.status).toBe(429);
    const { error, type, request_id } = (await response.json()) as Record<string, Record<string, string>>;
    expect({ type, error }).toEqual({
      type: 'error',
      error: { type: 'rate_limit_error', message: expect.stringContaining('3 in 60 s') },
    });
    expect(request_id).toBe(response.headers.get('request-id'));
    expect(pair.anthropic.requests).toHaveLength(3);
    expect(await pair.gateway.app.get(LimitStore).itemOf('alice')).toBeUndefined();
    expect(finished.all.at(-1)).toMatchObject({ id: request_id, user: 'alice', outcome: 'refused', status: 429 });
    expect(pair.gateway.app.get(ExchangeFeed).inFlight).toBe(0);
  });

  it('names the second at which it ends, and ends then', async () => {
    pair = await startPair({ THROTTLE_LIMIT: '1', THROTTLE_TTL_SECONDS: '2' });
    expect(await statusesOf(1)).toEqual([200]);
    const startedMs = performance.now();
    const retryAfterSeconds = Number((await post()).headers.get('retry-after'));
    expect(retryAfterSeconds).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await post()).headers.get('retry-after')).toBe('1');
    await new Promise((resolve) => setTimeout(resolve, retryAfterSeconds * 1_000 - (performance.now() - startedMs)));
    expect(await statusesOf(2)).toEqual([200, 429]);
  });

  it('is shared by all endpoints that call a model, in any spelling', async () => {
    pair = await startPair({ THROTTLE_LIMIT: '2' });
    expect(await statusesOf(1, '/user/alice/v1/v1/messages')).toEqual([200]);
    expect(await statusesOf(1, '/user/alice/v1/messages/stream')).toEqual([200]);
    expect(await statusesOf(1, '/user/alice/v1/%6dessages')).toEqual([429]);
    expect(await statusesOf(1, '/user/%61lice/v1/messages')).toEqual([429]);
  });

  it('applies per user, and to all users of one credential at one address', async () => {
    pair = await startPair({ THROTTLE_LIMIT: '3', THROTTLE_ADDRESS_LIMIT: '5' });
    expect(await statusesOf(4)).toEqual([200, 200, 200, 429]);
    expect(await statusesOf(3, '/user/bob/v1/messages')).toEqual([200, 200, 429]);
    expect(await statusesOf(1, '/user/carol/v1/messages')).toEqual([429]);
    expect(await statusesOf(1, '/user/carol/v1/messages', { 'x-api-key': 'sk-ant-api03-another' })).toEqual([200]);
  });

  it.each([
    ['with a credential of their own', {}],
    ["with the operator's", { 'x-api-key': '' }],
  ])('cannot be evaded by callers %s that change their user each time', async (_name, headers) => {
    pair = await startPair({ THROTTLE_LIMIT: '2', ANTHROPIC_API_KEY: 'sk-ant-operator' });
    const statuses: number[] = [];
    for (let name = 0; name < 5; name += 1) {
      statuses.push(...(await statusesOf(1, `/user/name-${name}/v1/messages`, headers)));
    }
    expect(statuses).toEqual([200, 200, 429, 429, 429]);
  });

  it.each([
    ['POST', '/v1/messages/batches'],
    ['GET', '/v1/messages/batches'],
    ['GET', '/v1/messages/batches/msgbatch_01'],
    ['GET', '/v1/files'],
    ['DELETE', '/v1/files/file_01'],
    ['GET', '/v1/skills/skill_01/versions'],
    ['GET', '/v1/models'],
    ['GET', '/v1/v1/models/claude-opus-5-5'],
  ])('counts %s %s', async (method, path) => {
    pair = await startPair({ THROTTLE_LIMIT: '2' });
    const body = method === 'POST' ? '{"requests":[]}' : undefined;
    const statuses: number[] = [];
    for (let time = 0; time < 3; time += 1) {
      const response = await fetch(`${pair.gateway.url}/user/alice${path}`, {
        method,
        headers: CLIENT_HEADERS,
        ...(body && { body }),
      });
      await response.text();
      statuses.push(response.status);
    }
    expect(statuses.map((status) => status === 429)).toEqual([false, false, true]);
  });
});

describe('the caller that a limit counts', () => {
  it('counts nothing else', async () => {
    pair = await startPair({ THROTTLE_LIMIT: '1' });
    for (const path of ['/health', '/health', '/api/hello', '/v1/usage', '/v1/usage']) {
      expect((await fetch(pair.gateway.url + path)).status).not.toBe(429);
    }
  });

  it('counts the addresses of one IPv6 network as one', async () => {
    pair = await startPair({ THROTTLE_LIMIT: '1', TRUST_PROXY: '127.0.0.1' });
    expect(await statusesOf(1, undefined, { 'x-forwarded-for': '2001:db8:1:2::1' })).toEqual([200]);
    expect(await statusesOf(1, undefined, { 'x-forwarded-for': '2001:db8:1:2:ffff::9' })).toEqual([429]);
    expect(await statusesOf(1, undefined, { 'x-forwarded-for': '2001:db8:1:3::1' })).toEqual([200]);
  });

  it('uses the address of the connection, and ignores claims of the caller', async () => {
    pair = await startPair({ THROTTLE_LIMIT: '1' });
    expect(await statusesOf(1, undefined, { 'x-forwarded-for': '203.0.113.1' })).toEqual([200]);
    expect(await statusesOf(1, undefined, { 'x-forwarded-for': '203.0.113.2' })).toEqual([429]);
  });

  it('uses the address that a trusted load balancer reports', async () => {
    pair = await startPair({ THROTTLE_LIMIT: '1', TRUST_PROXY: '127.0.0.1' });
    expect(await statusesOf(2, undefined, { 'x-forwarded-for': '203.0.113.1' })).toEqual([200, 429]);
    expect(await statusesOf(1, undefined, { 'x-forwarded-for': '203.0.113.2' })).toEqual([200]);
  });

  it("has OpenAI's format on the OpenAI endpoints", async () => {
    pair = await startPair({ THROTTLE_LIMIT: '1' });
    const client = new OpenAI({
      baseURL: `${pair.gateway.url}/user/alice/v1`,
      apiKey: 'sk-ant-api03-x',
      maxRetries: 0,
    });
    await client.responses.create({ model: 'opus', input: 'hello' });
    const asked = client.chat.completions.create({ model: 'opus', messages: [{ role: 'user', content: 'hello' }] });
    const error = await asked.catch((thrown: unknown) => thrown as InstanceType<typeof OpenAI.RateLimitError>);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error).toMatchObject({ code: 'rate_limit_exceeded', requestID: expect.stringMatching(/^exc_/) });
    expect((error as InstanceType<typeof OpenAI.APIError>).headers!.get('retry-after')).toBe('60');
  });

  it.each(['THROTTLE_LIMIT', 'THROTTLE_TTL_SECONDS'])('is off with %s=0', async (variable) => {
    pair = await startPair({ THROTTLE_LIMIT: '1', [variable]: '0' });
    expect(await statusesOf(3)).toEqual([200, 200, 200]);
  });
});

describe('the limit of count_tokens', () => {
  it('is separate, and higher', async () => {
    pair = await startPair({ THROTTLE_LIMIT: '1', THROTTLE_COUNT_TOKENS_LIMIT: '3' });
    expect(await statusesOf(4, '/user/alice/v1/messages/count_tokens')).toEqual([200, 200, 200, 429]);
    expect(await statusesOf(2)).toEqual([200, 429]);
  });
});
