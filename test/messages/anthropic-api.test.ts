import { gzipSync } from 'node:zlib';
import Anthropic from '@anthropic-ai/sdk';
import { cut, raw, refuse } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_HEADERS, MESSAGE } from '../support/post-json.js';
import { rawRequest } from '../support/raw-request.js';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;

beforeAll(async () => {
  pair = await startPair();
});
beforeEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const HEADERS = Object.entries(CLIENT_HEADERS).flat();
const ask = (method: string, path: string, body?: string) =>
  rawRequest(pair.gateway.port, { method, path, headers: HEADERS, ...(body === undefined ? {} : { body }) });
const sdk = (path = '') =>
  new Anthropic({ apiKey: 'sk-ant-api03-caller', baseURL: pair.gateway.url + path, maxRetries: 0, logLevel: 'off' });

describe('a relayed request', () => {
  it.each([
    ['GET', '/v1/models', '/v1/models'],
    ['GET', '/v1/models?limit=2&after_id=x%20y', '/v1/models?limit=2&after_id=x%20y'],
    ['GET', '/user/alice/v1/models/claude-opus-5-5', '/v1/models/claude-opus-5-5'],
    ['GET', '/v1/v1/models', '/v1/models'],
    ['HEAD', '/v1/models', '/v1/models'],
    ['GET', '/v1/models/', '/v1/models/'],
    ['GET', 'http://elsewhere.example/user/alice/v1/models', '/v1/models'],
    ['GET', '/v1/models#fragment', '/v1/models'],
    ['POST', '/v1/messages/batches', '/v1/messages/batches'],
    ['POST', '/user/alice/v1/messages/batches/msgbatch_1/cancel', '/v1/messages/batches/msgbatch_1/cancel'],
    ['GET', '/v1/messages/batches/msgbatch_1/results', '/v1/messages/batches/msgbatch_1/results'],
    ['DELETE', '/v1/messages/batches/msgbatch_1', '/v1/messages/batches/msgbatch_1'],
    ['DELETE', '/v1/files/file_1', '/v1/files/file_1'],
    ['GET', '/v1/files/a%20b', '/v1/files/a%20b'],
    ['POST', '/v1/skills', '/v1/skills'],
    ['GET', '/user/alice/v1/skills/skill_1/versions/2', '/v1/skills/skill_1/versions/2'],
  ])('%s %s reaches Anthropic as %s', async (method, path, pathUpstream) => {
    await ask(method, path, method === 'POST' ? '{"requests":[]}' : undefined);
    const arrived = await pair.anthropic.requestAt(0);
    expect([arrived.method, arrived.path]).toEqual([method, pathUpstream]);
    expect(arrived.body.toString()).toBe(method === 'POST' ? '{"requests":[]}' : '');
  });

  it.each([
    '/v1/models/..',
    '/v1/models/../organizations/api_keys',
    '/v1/models/%2e%2e/organizations/api_keys',
    '/v1/models/%2E./organizations',
    '/v1/models/./x',
    '/v1/models//x',
    '/v1/files/a%2fb',
    '/v1/files/a%5Cb',
    '/v1/files/a\\..\\b',
    '/v1/%6dodels',
    '/%75ser/alice/v1/models',
    '/user/alice/v1/messages/batches/../../organizations',
  ])('with an invalid path is refused: %s', async (path) => {
    const { status, body } = await ask('GET', path);
    expect([status, JSON.parse(body.toString()).error.type]).toEqual([400, 'invalid_request_error']);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each(['/user/alice/../bob/v1/models', '/../v1/models', '//v1/models', '/v1//models'])(
    'with an unknown path is refused: %s',
    async (path) => {
      expect((await ask('GET', path)).status).toBe(404);
      expect(pair.anthropic.requests).toHaveLength(0);
    },
  );

  it('gets Anthropic’s refusal unchanged', async () => {
    pair.anthropic.scriptAt('/v1/models', refuse(429, { retryAfter: '7', headers: { 'x-should-retry': 'true' } }));
    const { status, headers, body } = await ask('GET', '/v1/models');
    expect([status, headers['retry-after'], headers['x-should-retry']]).toEqual([429, '7', 'true']);
    expect(JSON.parse(body.toString()).request_id).toBe(headers['request-id']);
  });

  it('gets a redirect unchanged, which is not followed', async () => {
    pair.anthropic.scriptAt('/v1/skills', raw({ status: 307, headers: { location: 'http://127.0.0.1:1/' } }));
    expect((await ask('GET', '/v1/skills')).headers.location).toBe('http://127.0.0.1:1/');
  });
});

describe('if Anthropic is unreachable', () => {
  it.each([
    ['GET', '/v1/skills'],
    ['POST', '/v1/messages/batches'],
    ['POST', '/v1/messages'],
    ['POST', '/user/alice/v1/messages/count_tokens'],
  ])('%s %s is a 502 in Anthropic’s format', async (method, path) => {
    const lonely = await startPair({ ANTHROPIC_UPSTREAM_URL: 'http://127.0.0.1:1' });
    try {
      const body = method === 'POST' ? JSON.stringify(MESSAGE) : undefined;
      const answer = await rawRequest(lonely.gateway.port, { method, path, headers: HEADERS, ...(body && { body }) });
      expect(answer.status).toBe(502);
      expect(JSON.parse(answer.body.toString())).toEqual({
        type: 'error',
        error: { type: 'api_error', message: expect.stringContaining('ECONNREFUSED') },
        request_id: answer.headers['request-id'],
      });
    } finally {
      await lonely.close();
    }
  });
});

describe('the results of a batch', () => {
  const requests = [
    {
      custom_id: 'a',
      params: { model: 'claude-opus-5-5', max_tokens: 5, messages: [{ role: 'user' as const, content: 'x' }] },
    },
    {
      custom_id: 'b',
      params: { model: 'claude-opus-5-5', max_tokens: 5, messages: [{ role: 'user' as const, content: 'y' }] },
    },
  ];

  it.each(['', '/user/alice', '/user/%EA%B9%80', '/user/alice/v1'])(
    'are fetched through the gateway: %s',
    async (path) => {
      const client = sdk(path);
      const batch = await client.messages.batches.create({ requests });
      const user = path.replace(/\/v1$/, '');
      expect(batch.results_url).toBe(`${pair.gateway.url}${user}/v1/messages/batches/${batch.id}/results`);
      const ids: string[] = [];
      for await (const result of await client.messages.batches.results(batch.id)) ids.push(result.custom_id);
      expect(ids).toEqual(['a', 'b']);
      expect(pair.anthropic.requests.at(-1)!.path).toBe(`/v1/messages/batches/${batch.id}/results`);
      const listed = await client.messages.batches.list();
      expect(listed.data[0]!.results_url).toContain(pair.gateway.url);
    },
  );

  it('have a URL with the name and scheme that a trusted load balancer reports', async () => {
    const trusting = await startPair({ TRUST_PROXY: '127.0.0.1' });
    try {
      const { body } = await rawRequest(trusting.gateway.port, {
        method: 'POST',
        path: '/user/alice/v1/messages/batches',
        headers: [
          ...HEADERS,
          'x-forwarded-proto',
          'https',
          'x-forwarded-host',
          'claude.example.com',
          'x-forwarded-for',
          '1.1.1.1',
        ],
        body: '{"requests":[]}',
      });
      expect(JSON.parse(body.toString()).results_url).toMatch(/^https:\/\/claude\.example\.com\/user\/alice\/v1\//);
    } finally {
      await trusting.close();
    }
  });

  it('have a URL with the address of the connection without a trusted proxy', async () => {
    const { body } = await rawRequest(pair.gateway.port, {
      method: 'POST',
      path: '/v1/messages/batches',
      headers: [...HEADERS, 'x-forwarded-proto', 'https', 'x-forwarded-host', 'evil.example.com'],
      body: '{"requests":[]}',
    });
    expect(JSON.parse(body.toString()).results_url).toContain(`${pair.gateway.url}/v1/`);
  });

  it('do not change other bytes of a batch', async () => {
    const body =
      '{"id":"b", "n":1.0,"x":"\u00fc\\u00fc", "results_url":"https://api.anthropic.com/v1/messages/batches/b/results"}\n';
    pair.anthropic.scriptAt('/v1/messages/batches/b', raw({ status: 200, headers: { 'x-kept': '1' }, body }));
    const answer = await ask('GET', '/v1/messages/batches/b');
    expect(answer.body.toString()).toBe(body.replace('https://api.anthropic.com', pair.gateway.url));
    expect(answer.headers).toMatchObject({ 'x-kept': '1', 'content-length': String(answer.body.length) });
  });

  it('do not change a batch that is compressed against the request', async () => {
    const body = gzipSync('{"results_url":"https://api.anthropic.com/v1/messages/batches/b/results"}');
    const headers = { 'content-encoding': 'gzip' };
    pair.anthropic.scriptAt('/v1/messages/batches/b', raw({ status: 200, headers, body }));
    const answer = await ask('GET', '/v1/messages/batches/b');
    expect(answer.body.equals(body)).toBe(true);
    expect((await pair.anthropic.requestAt(0)).headers['accept-encoding']).toBe('identity');
  });

  it('are a 502 if the batch breaks off', async () => {
    pair.anthropic.scriptAt('/v1/messages/batches/b', cut({ afterEvents: 2 }));
    const { status, body } = await ask('GET', '/v1/messages/batches/b');
    expect([status, JSON.parse(body.toString()).error.type]).toEqual([502, 'api_error']);
  });
});
