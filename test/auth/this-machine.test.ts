import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminTokenOf } from '../support/admin-api.js';
import { rawRequest } from '../support/raw-request.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const READABLE = [
  ...['/v1/usage', '/v1/usage/me', '/metrics'],
  ...['/api/requests', '/api/analytics', '/api/limits', '/api/drills'],
];
const CLOSED = ['/debug/env', '/api/audit'];
/** 403 for a foreign page or host, which is refused before the token is checked. */
const REFUSED = [401, 403];
const UNREACHABLE_DYNAMODB = {
  ...{ STATE_STORE: 'dynamodb', AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' },
  ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
};

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ FALLBACK_CHAIN: 'anthropic' });
});
afterAll(() => gateway.close());

const statusOf = async (path: string, headers: readonly string[] = []) =>
  (await rawRequest(gateway.port, { path, headers })).status;

describe('without ADMIN_TOKEN, a program of this machine', () => {
  it.each(READABLE)('reads %s', async (path) => {
    expect(await statusOf(path)).toBe(200);
  });

  it.each(CLOSED)('does not read %s', async (path) => {
    expect(await statusOf(path)).toBe(401);
  });

  it.each([
    ['POST', '/api/drills', '{"user":null,"seconds":1}'],
    ['DELETE', '/api/drills/any', undefined],
    ['DELETE', '/api/limits/alice', undefined],
  ])('changes nothing without the token: %s %s', async (method, path, body) => {
    const change = (headers: readonly string[]) => rawRequest(gateway.port, { method, path, headers, body });
    expect((await change([])).status).toBe(401);
    expect((await change(['x-admin-token', adminTokenOf(gateway)])).status).toBeLessThan(300);
  });

  it('is not signed in to the dashboard, and cannot start a drill', async () => {
    const session = await rawRequest(gateway.port, { path: '/api/session' });
    expect(JSON.parse(session.body.toString())).toEqual({ is_signed_in: false, needs_token: true });
    const headers = ['x-claude-proxy-drill', 'rate-limit', 'content-type', 'application/json', 'x-api-key', 'mine'];
    expect((await rawRequest(gateway.port, { method: 'POST', path: '/v1/messages', headers, body: '{}' })).status).toBe(
      403,
    );
  });

  it.each(['nonsense', 'undefined', ''])('is refused with the token %j', async (token) => {
    expect(await statusOf('/v1/usage', ['x-admin-token', token])).toBe(401);
    expect(await statusOf('/v1/usage', ['authorization', `Bearer ${token}`])).toBe(401);
  });

  it('can be a page of this gateway, and not a page of another site', async () => {
    expect(await statusOf('/v1/usage', ['sec-fetch-site', 'same-origin', 'sec-fetch-mode', 'cors'])).toBe(200);
    for (const site of ['cross-site', 'same-site'])
      expect(REFUSED).toContain(await statusOf('/v1/usage', ['sec-fetch-site', site]));
    expect(REFUSED).toContain(await statusOf('/v1/usage', ['origin', 'https://evil.example']));
  });
});

describe('a request that a proxy on this machine may have forwarded', () => {
  const KNOWN = [
    ...['forwarded', 'via', 'x-forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'],
    ...['x-forwarded-port', 'x-forwarded-server', 'x-forwarded-by', 'x-client-ip', 'x-cluster-client-ip'],
    ...['cf-connecting-ip', 'cf-ray', 'true-client-ip', 'fastly-client-ip', 'x-original-url', 'x-original-host'],
    ...['x-rewrite-url', 'x-envoy-external-address', 'x-request-id', 'x-amzn-trace-id', 'x-scheme', 'cdn-loop'],
    ...['x-azure-clientip', 'x-appengine-user-ip', 'proxy-connection', 'x-nginx-proxy', 'max-forwards', 'traceparent'],
    ...['x-remote-user', 'x-ours-of-tomorrow', 'upgrade', 'keep-alive', 'te'],
  ];

  it.each(KNOWN)('reads nothing: %s', async (name) => {
    expect(await statusOf('/v1/usage', [name, '127.0.0.1'])).toBe(401);
  });

  const raw = (lines: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(gateway.port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
      socket.once('error', reject).once('data', (chunk) => {
        resolve(String(chunk));
        socket.destroy();
      });
    });
  const host = () => `Host: 127.0.0.1:${gateway.port}`;

  it.each<[name: string, lines: () => string[]]>([
    ['nginx before 1.29.7', () => ['GET /v1/usage HTTP/1.0', host(), 'Connection: close']],
    ['nginx since 1.29.7, which sends no "connection"', () => ['GET /v1/usage HTTP/1.1', host()]],
    [
      'one that keeps the name of its own host',
      () => ['GET /v1/usage HTTP/1.1', 'Host: claude.example.com', 'Connection: close'],
    ],
    [
      'one that keeps the port of its own',
      () => ['GET /v1/usage HTTP/1.1', 'Host: localhost:8088', 'Connection: close'],
    ],
    ['one that upgrades', () => ['GET /v1/usage HTTP/1.1', host(), 'Connection: upgrade']],
    ['one that names hop-by-hop headers', () => ['GET /v1/usage HTTP/1.1', host(), 'Connection: close, x-real-ip']],
    ['one that doubles a header', () => ['GET /v1/usage HTTP/1.1', host(), 'Connection: close', 'Connection: close']],
  ])('reads nothing: %s', async (_name, lines) => {
    expect(await raw(lines())).toMatch(/^HTTP\/1\.1 40[13] /);
  });

  it('reads the same as a program, if the proxy is invisible in the request', async () => {
    expect(await raw(['GET /v1/usage HTTP/1.1', host(), 'Connection: close'])).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('reading needs the token', () => {
  it.each<[name: string, environment: Record<string, string>]>([
    ['where ADMIN_TOKEN is set', { ADMIN_TOKEN: 'admin-token-of-the-test' }],
    ['where a proxy is expected', { TRUST_PROXY: '10.0.0.0/8' }],
    ['where the port is open to the network', { HOST: '0.0.0.0' }],
    ['where no token could be created', { DATA_DIR: join(process.execPath, 'data'), ...UNREACHABLE_DYNAMODB }],
  ])('%s', async (_name, environment) => {
    const other = await startGateway({ FALLBACK_CHAIN: 'anthropic', ...environment });
    const { status } = await rawRequest(other.port, { path: '/metrics' });
    await other.close();
    expect([401, 403]).toContain(status);
  });
});
