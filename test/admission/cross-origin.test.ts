import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { type Pair, startPair } from '../support/start-pair.js';

const PAGE = 'https://chat.example.com';

let pair: Pair;
afterEach(() => pair.close());

const ask = (path: string, origin = PAGE) =>
  fetch(pair.gateway.url + path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' },
  });
const allowedOriginOf = (response: Response) => response.headers.get('access-control-allow-origin');

describe('a page of another origin', () => {
  it('may not call anything by default', async () => {
    pair = await startPair();
    expect(allowedOriginOf(await ask('/v1/messages'))).toBeNull();
    const response = await postJson(`${pair.gateway.url}/v1/messages`, MESSAGE, {
      headers: { ...CLIENT_HEADERS, origin: PAGE },
    });
    expect(response.status).toBe(403);
    expect(allowedOriginOf(response)).toBeNull();
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each([
    '/v1/messages',
    '/user/alice/v1/chat/completions',
    '/v1/v1/messages',
    '/v1/models?limit=2',
    '/v1/responses',
  ])('that is listed may call %s', async (path) => {
    pair = await startPair({ CORS_ORIGINS: `https://other.example.com, ${PAGE}` });
    const response = await ask(path);
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': PAGE,
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': expect.stringMatching(
        /^Content-Type, Authorization, x-api-key, anthropic-version, anthropic-beta, /,
      ),
      vary: 'Origin',
    });
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each(['https://evil.example.com', 'https://chat.example.com.evil.com', 'null', 'http://chat.example.com'])(
    'that is not listed may not: %s',
    async (origin) => {
      pair = await startPair({ CORS_ORIGINS: PAGE });
      const response = await ask('/v1/messages', origin);
      expect(response.status).toBe(405);
      expect(allowedOriginOf(response)).toBeNull();
      expect(response.headers.get('vary')).toBe('Origin');
    },
  );

  it.each([
    '/debug/env',
    '/api/requests',
    '/ui/',
    '/v1/usage',
    '/user/alice/v1/usage',
    '/metrics',
    '/health',
    '/v1/../debug/env',
  ])('may never call %s', async (path) => {
    pair = await startPair({ CORS_ORIGINS: '*' });
    expect(allowedOriginOf(await ask(path))).toBeNull();
    expect(allowedOriginOf(await fetch(pair.gateway.url + path, { headers: { origin: PAGE } }))).toBeNull();
  });

  it.each([true, false])('can read the answer and its upstream (streamed: %s)', async (stream) => {
    pair = await startPair({ CORS_ORIGINS: '*' });
    const response = await postJson(
      `${pair.gateway.url}/v1/messages`,
      { ...MESSAGE, stream },
      { headers: { ...CLIENT_HEADERS, origin: PAGE } },
    );
    expect(allowedOriginOf(response)).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toContain('x-claude-proxy-upstream');
    expect(response.headers.get('content-type')).toContain(stream ? 'text/event-stream' : 'application/json');
    expect(await response.text()).toContain('msg_');
  });

  it('can read a refusal', async () => {
    pair = await startPair({ CORS_ORIGINS: '*' });
    const response = await postJson(
      `${pair.gateway.url}/v1/chat/completions`,
      {},
      { headers: { ...CLIENT_HEADERS, origin: PAGE } },
    );
    expect(response.status).toBe(400);
    expect(allowedOriginOf(response)).toBe('*');
  });

  it('may send every header that the official SDKs send from a browser', async () => {
    pair = await startPair({ CORS_ORIGINS: PAGE });
    const allowed = namesIn((await ask('/v1/messages')).headers.get('access-control-allow-headers')!);
    const sent = await headersOfSdks();
    expect(sent).toContain('anthropic-dangerous-direct-browser-access');
    expect(sent).toContain('x-stainless-helper-method');
    expect(sent.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(allowed).not.toContain('x-admin-token');
    expect(allowed).not.toContain('x-claude-proxy-drill');
  });
});

/** Browsers send these without a preflight request. */
const SAFELISTED = ['accept', 'accept-language', 'content-language', 'range'];
const namesIn = (header: string) => header.toLowerCase().split(', ');

async function headersOfSdks(): Promise<string[]> {
  const sent = new Set<string>();
  const fetch = async (_url: unknown, init?: { headers?: ConstructorParameters<typeof Headers>[0] }) => {
    for (const [name] of new Headers(init?.headers)) sent.add(name);
    return new Response('{}', { status: 418 });
  };
  const common = { baseURL: 'http://nowhere', maxRetries: 0, dangerouslyAllowBrowser: true, fetch };
  const anthropic = new Anthropic({ ...common, apiKey: null, authToken: 'token' });
  const keyed = new Anthropic({ ...common, apiKey: 'sk-ant-test' });
  const openai = new OpenAI({ ...common, apiKey: 'sk-ant-test' });
  const question = { ...MESSAGE, messages: [{ role: 'user' as const, content: 'hi' }] };
  await Promise.allSettled([
    anthropic.messages.create(question),
    keyed.messages.stream(question).finalMessage(),
    keyed.messages.countTokens({ model: question.model, messages: question.messages }),
    keyed.beta.messages.create({ ...question, betas: ['context-1m-2025-08-07'] }),
    keyed.beta.messages.toolRunner({ ...question, tools: [] }),
    openai.chat.completions.create(question, { timeout: 1_000 }),
    openai.chat.completions.stream(question).finalContent(),
    openai.responses.stream({ model: question.model, input: 'hi' }).finalResponse(),
    openai.models.list(),
  ]);
  return [...sent].filter((name) => !SAFELISTED.includes(name));
}
