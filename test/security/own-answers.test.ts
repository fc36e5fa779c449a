import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawRequest } from '../support/raw-request.js';
import { RawSocket } from '../support/raw-socket.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ ADMIN_TOKEN: 'admin-token-own-answers', FALLBACK_CHAIN: 'anthropic' });
});
afterAll(() => gateway.close());

const ask = (method: string, path: string, headers: readonly string[] = []) =>
  rawRequest(gateway.port, { method, path, headers });

describe('an answer of our own', () => {
  it.each([
    ['GET', '/health'],
    ['GET', '/health/ready'],
    ['GET', '/debug/env'],
    ['GET', '/api/limits'],
    ['GET', '/api/session'],
    ['GET', '/api/hello'],
    ['GET', '/nowhere'],
    ['POST', '/v1/messages'],
    ['DELETE', '/v1/messages'],
    ['POST', '/v1/chat/completions'],
    ['GET', '/%zz'],
    ['GET', '/ui/'],
  ])('has one content type, is not shared with other sites, and names no software: %s %s', async (method, path) => {
    const { headers } = await ask(method, path, ['origin', 'https://evil.example']);
    expect(headers['x-content-type-options']).toBe('nosniff');
    for (const name of ['server', 'x-powered-by', 'access-control-allow-origin', 'access-control-allow-credentials']) {
      expect([name, headers[name]]).toEqual([name, undefined]);
    }
  });

  it('has the same headers for an unreadable request', async () => {
    const client = await RawSocket.connect(gateway.port);
    expect(await client.write('nonsense\r\n\r\n').readUntil('request_id')).toContain('x-content-type-options: nosniff');
    client.destroy();
  });
});

describe('an admin endpoint needs the token in every spelling', () => {
  const spellings = ['/debug/env', '/api/limits', '/api/requests', '/api/drills', '/api/audit'].flatMap((path) => [
    ['GET', path],
    ['HEAD', path],
    ['GET', `${path}/`],
    ['GET', path.toUpperCase()],
    ['GET', `/${path}`],
    ['GET', path.replace('/', '/%2e/')],
    ['GET', `${path}?x=/health`],
    ['GET', `${path}#/health`],
    ['GET', `${path};/health`],
    ['GET', `/health/..${path}`],
    ['GET', `/health/%2e%2e${path}`],
    ['GET', `http://127.0.0.1${path}`],
    ['GET', path.replace('e', '%65').replace('i', '%69')],
    ['OPTIONS', path],
    ['TRACE', path],
  ]);
  it.each(spellings)('%s %s', async (method, path) => {
    const { status, body } = await ask(method!, path!);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.toString()).not.toMatch(/ANTHROPIC_UPSTREAM_URL|"limits"|"requests"|"drills"/);
  });

  it.each(['x-original-url', 'x-rewrite-url', 'x-http-method-override', 'x-forwarded-for', 'x-forwarded-host'])(
    '%s gives no access',
    async (name) => {
      expect((await ask('GET', '/debug/env', [name, '/health'])).status).toBe(401);
      expect((await ask('GET', '/health', [name, '/debug/env'])).body.toString()).not.toContain('ANTHROPIC');
    },
  );
});
