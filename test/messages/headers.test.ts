import { raw } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MESSAGE } from '../support/post-json.js';
import { linesOf, rawRequest } from '../support/raw-request.js';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;

beforeAll(async () => {
  pair = await startPair({}, { isStrict: false });
});
beforeEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const REQUIRED = ['x-api-key', 'sk-ant-api03-caller', 'anthropic-version', '2023-06-01'];
const PATHS = ['/v1/messages', '/v1/messages/batches'] as const;

const post = (headers: readonly string[], path: string = PATHS[0]) =>
  rawRequest(pair.gateway.port, {
    method: 'POST',
    path,
    headers: [...REQUIRED, ...headers],
    body: JSON.stringify({ ...MESSAGE, requests: [] }),
  });
const received = async () => (await pair.anthropic.requestAt(0)).rawHeaders;
const namesOf = (rawHeaders: readonly string[]) => rawHeaders.filter((_name, index) => index % 2 === 0);

describe('a request header', () => {
  const END_TO_END = [
    ...['Accept', 'application/json', 'User-Agent', 'claude-cli/2.1.329 (external, sdk-cli)'],
    ...['X-Claude-Code-Session-Id', '0b0e', 'X-Stainless-Arch', 'x64', 'X-Stainless-Retry-Count', '0'],
    ...[
      'anthropic-beta',
      'claude-code-20250219,effort-2025-11-24',
      'Anthropic-Beta',
      'interleaved-thinking-2025-05-14',
    ],
    ...['anthropic-dangerous-direct-browser-access', 'true', 'x-app', 'cli', 'Content-Type', 'application/json'],
    ...['Accept-Encoding', 'gzip, deflate, br, zstd', 'traceparent', '00-4bf92f-00f067-01', 'anthropic-empty', ''],
    ...['Anthropic-Latin', 'Gr\u00fc\u00dfe', 'Idempotency-Key', 'k-1', 'anthropic-request-tags', 'team=a'],
  ];
  const OF_THE_WAY = [
    ...['Origin', 'https://chat.example.com', 'Referer', 'https://chat.example.com/c?token=SECRET'],
    ...['Sec-Fetch-Mode', 'cors', 'sec-ch-ua', '"Chromium";v="1"', 'Accept-Language', 'de', 'DNT', '1'],
    ...['X-Forwarded-For', '10.0.0.7', 'Forwarded', 'for=10.0.0.7', 'Via', '1.1 proxy', 'X-Real-IP', '10.0.0.7'],
    ...['CF-Connecting-IP', '10.0.0.7', 'X-Amzn-Trace-Id', 'Root=1', 'x-amzn-oidc-data', 'jwt', 'X-Envoy-Id', '1'],
    ...['X-Request-ID', 'r-1', 'X-Unknown', '1'],
  ];

  it('arrives together with all others, in order, spelling and repetition', async () => {
    await post(END_TO_END);
    const arrived = await received();
    const from = arrived.indexOf('Accept');
    expect(arrived.slice(from, from + END_TO_END.length)).toEqual(END_TO_END);
  });

  it('arrives in the same way at a relayed endpoint', async () => {
    await rawRequest(pair.gateway.port, { path: '/v1/models', headers: [...REQUIRED, ...END_TO_END] });
    const arrived = await received();
    const from = arrived.indexOf('Accept');
    expect(arrived.slice(from, from + END_TO_END.length)).toEqual(END_TO_END);
  });

  it.each(PATHS)('is dropped if a browser, a proxy or a load balancer added it: %s', async (path) => {
    const open = await startPair({ CORS_ORIGINS: 'https://chat.example.com' }, { isStrict: false });
    const headers = [...REQUIRED, ...OF_THE_WAY, 'x-app', 'cli'];
    await rawRequest(open.gateway.port, { method: 'POST', path, headers, body: JSON.stringify(MESSAGE) });
    const names = namesOf((await open.anthropic.requestAt(0)).rawHeaders).map((name) => name.toLowerCase());
    await open.close();
    const added = new Set(namesOf(OF_THE_WAY).map((name) => name.toLowerCase()));
    expect(names.filter((name) => added.has(name))).toEqual([]);
    expect(names).toContain('x-app');
  });

  it.each(PATHS)('is dropped if it is a hop-by-hop header: %s', async (path) => {
    await post(
      [
        ...['Connection', 'close, X-App', 'X-App', '1', 'x-app', '2', 'Keep-Alive', 'timeout=5', 'TE', 'trailers'],
        ...['Proxy-Authorization', 'Basic x', 'Proxy-Connection', 'keep-alive', 'Upgrade', 'h2c'],
        ...['X-Stainless-Kept', 'yes'],
      ],
      path,
    );
    const names = namesOf(await received()).map((name) => name.toLowerCase());
    const stayed = ['x-app', 'keep-alive', 'te', 'proxy-authorization', 'proxy-connection', 'upgrade'];
    expect(names.filter((name) => stayed.includes(name))).toEqual([]);
    expect(names).toContain('x-stainless-kept');
  });

  it.each(PATHS)('never reaches Anthropic if it belongs to the gateway: %s', async (path) => {
    await post(
      [
        ...['x-claude-proxy-upstream', 'forged', 'X-Claude-Proxy-Exchange', 'forged', 'x-claude-proxy-anything', '1'],
        ...['x-admin-token', 'secret', 'cookie', 'session=1'],
      ],
      path,
    );
    const names = namesOf(await received()).map((name) => name.toLowerCase());
    // The loop mark of this gateway, for upstreams that are gateways too.
    const kept = names.filter((name) => /^(x-claude-proxy-.*|x-admin-token|cookie)$/.test(name));
    expect(kept).toEqual(['x-claude-proxy-hops']);
  });

  it.each(PATHS)('names Anthropic as the host, once: %s', async (path) => {
    await post([], path);
    const arrived = await received();
    expect(linesOf(arrived, 'host')).toEqual([`127.0.0.1:${pair.anthropic.port}`]);
    expect(linesOf(arrived, 'content-length')).toHaveLength(1);
  });

  it('cannot smuggle in a second one', async () => {
    const { status } = await post(['anthropic-a', 'b\u0085x-admin: 1']);
    expect(status).toBe(200);
    expect(linesOf(await received(), 'anthropic-a')).toEqual(['b\u0085x-admin: 1']);
  });
});

describe('an answer header', () => {
  const END_TO_END = [
    ...['Content-Type', 'application/json', 'request-id', 'req_011A', 'anthropic-organization-id', 'org'],
    ...['anthropic-ratelimit-tokens-remaining', '0', 'anthropic-ratelimit-unified-status', 'allowed'],
    ...['x-should-retry', 'false', 'Server-Timing', 'x', 'server-timing', 'y', 'X-Latin', '\u00fc'],
  ];
  const scripted = {
    status: 200,
    headers: {
      ...{ 'Content-Type': 'application/json', 'request-id': 'req_011A', 'anthropic-organization-id': 'org' },
      ...{ 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-unified-status': 'allowed' },
      ...{
        'x-should-retry': 'false',
        'Server-Timing': 'x',
        'server-timing': 'y',
        'X-Latin': '\u00fc',
      },
    },
    body: '{}',
  };

  it.each(['/v1/messages', '/v1/files'])(
    'arrives together with all others, in order and spelling: %s',
    async (path) => {
      pair.anthropic.scriptAt(path, raw(scripted));
      const { rawHeaders } = await post([], path);
      const from = rawHeaders.indexOf('Content-Type');
      expect(rawHeaders.slice(from, from + END_TO_END.length)).toEqual(END_TO_END);
    },
  );

  it.each(['/v1/messages', '/v1/files'])('is dropped if it is a hop-by-hop header: %s', async (path) => {
    pair.anthropic.scriptAt(
      path,
      raw({
        status: 200,
        headers: {
          ...{ connection: 'X-Hop', 'x-hop': '1', 'keep-alive': 'timeout=99', 'proxy-authenticate': 'Basic' },
          ...{ 'x-claude-proxy-upstream': 'forged', 'x-claude-proxy-exchange': 'forged', 'x-kept': 'yes' },
          ...{
            'CF-RAY': '1-FRA',
            'set-cookie': '__cf_bm=1',
            'alt-svc': 'h3=":443"',
            server: 'cloudflare',
            via: '1.1 g',
          },
        },
        body: '{}',
      }),
    );
    const { headers, rawHeaders } = await post([], path);
    expect(headers).toMatchObject({ 'x-kept': 'yes', 'x-claude-proxy-upstream': 'anthropic' });
    for (const name of ['x-hop', 'proxy-authenticate', 'cf-ray', 'set-cookie', 'alt-svc', 'server', 'via']) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(headers['keep-alive']).not.toBe('timeout=99');
    expect(rawHeaders.join()).not.toContain('forged');
  });

  it.each([
    ['a message', 'POST', '/v1/messages'],
    ['a relayed answer', 'GET', '/v1/models'],
  ])('names upstream and exchange: %s', async (_name, method, path) => {
    const body = method === 'POST' ? JSON.stringify(MESSAGE) : undefined;
    const { headers } = await rawRequest(pair.gateway.port, { method, path, headers: REQUIRED, ...(body && { body }) });
    expect(headers).toMatchObject({
      'x-claude-proxy-upstream': 'anthropic',
      'x-claude-proxy-exchange': expect.stringMatching(/^exc_/),
      'request-id': expect.stringMatching(/^req_011/),
    });
    expect(headers).not.toHaveProperty('x-claude-proxy-fallback');
  });

  it('is relayed with a refusal, whose bytes are unchanged', async () => {
    const body = '{"type":"error", "error":{"type":"invalid_request_error","message":"prompt is too long: 2 > 1"}}\n';
    const headers = { 'content-type': 'application/json', 'request-id': 'req_011B', 'x-should-retry': 'false' };
    pair.anthropic.script(raw({ status: 400, headers, body }));
    const answer = await post([]);
    expect([answer.status, answer.body.toString()]).toEqual([400, body]);
    expect(answer.headers).toMatchObject(headers);
  });

  it('contains the exchange id if Anthropic sends no request id', async () => {
    pair.anthropic.script(raw({ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }));
    const { headers } = await post([]);
    expect(headers['request-id']).toBe(headers['x-claude-proxy-exchange']);
  });
});
