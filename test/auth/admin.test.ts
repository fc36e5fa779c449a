import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawRequest } from '../support/raw-request.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const SECRETS = {
  ADMIN_TOKEN: 'admin-token-7f3a',
  ANTHROPIC_API_KEY: 'sk-ant-api03-operator-7f3a',
  ANTHROPIC_AUTH_TOKEN: 'sk-ant-oat01-operator-7f3a',
};

const debugEnv = async (gateway: RunningGateway, headers: readonly string[] = []) => {
  const { status, body, headers: answered } = await rawRequest(gateway.port, { path: '/debug/env', headers });
  return { status, text: body.toString(), headers: answered };
};

describe('with an ADMIN_TOKEN, /debug/env', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway({ ...SECRETS, FALLBACK_CHAIN: 'anthropic', PING_AFTER_SECONDS: '20' });
  });
  afterAll(() => gateway.close());

  it.each([
    ['as a bearer', ['authorization', `Bearer ${SECRETS.ADMIN_TOKEN}`]],
    ['in x-admin-token', ['x-admin-token', SECRETS.ADMIN_TOKEN]],
    [
      'as a bearer beside an empty x-admin-token',
      ['x-admin-token', '', 'authorization', `Bearer ${SECRETS.ADMIN_TOKEN}`],
    ],
    ['from behind a proxy', ['x-admin-token', SECRETS.ADMIN_TOKEN, 'x-forwarded-for', '10.0.0.1']],
  ])('opens with the token sent %s', async (_name, headers) => {
    const { status, text } = await debugEnv(gateway, headers);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      ADMIN_TOKEN: '[set]',
      ANTHROPIC_API_KEY: '[set]',
      ANTHROPIC_AUTH_TOKEN: '[set]',
      PING_AFTER_SECONDS: '20',
      ANTHROPIC_UPSTREAM_URL: 'https://api.anthropic.com',
    });
    expect(text).not.toContain('7f3a');
  });

  it.each<[name: string, headers: readonly string[]]>([
    ['nothing, on the loopback', []],
    ['a wrong bearer', ['authorization', 'Bearer wrong']],
    ['a wrong x-admin-token', ['x-admin-token', 'wrong']],
    ['the start of the token', ['x-admin-token', SECRETS.ADMIN_TOKEN.slice(0, -1)]],
    ['the token and more', ['x-admin-token', `${SECRETS.ADMIN_TOKEN}x`]],
    ['two tokens', ['x-admin-token', SECRETS.ADMIN_TOKEN, 'x-admin-token', 'other']],
    ['the token as basic authentication', ['authorization', `Basic ${SECRETS.ADMIN_TOKEN}`]],
    ['the token as an API key', ['x-api-key', SECRETS.ADMIN_TOKEN]],
    [
      'a wrong x-admin-token beside a good bearer',
      ['x-admin-token', 'x', 'authorization', `Bearer ${SECRETS.ADMIN_TOKEN}`],
    ],
  ])('rejects %s', async (_name, headers) => {
    const fresh = await startGateway({ ...SECRETS, FALLBACK_CHAIN: 'anthropic' });
    const { status, text, headers: answered } = await debugEnv(fresh, headers);
    await fresh.close();
    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
    expect(answered['www-authenticate']).toBe('Bearer');
    expect(text).not.toContain('7f3a');
  });
});

describe('the limit of wrong tokens', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway({ ...SECRETS, FALLBACK_CHAIN: 'anthropic', TRUST_PROXY: '127.0.0.1' });
  });
  afterAll(() => gateway.close());

  const drill = ['x-claude-proxy-drill', 'rate-limit', 'content-type', 'application/json'];
  const bearer = (token: string) => ['authorization', `Bearer ${token}`];
  const own = (token: string) => ['x-admin-token', token];
  /** Requests with a token, by endpoint and header. */
  const doors: Readonly<Record<string, (token: string) => Parameters<typeof rawRequest>[1]>> = {
    'a bearer at /debug/env': (token) => ({ path: '/debug/env', headers: bearer(token) }),
    'a header at /metrics': (token) => ({ path: '/metrics', headers: own(token) }),
    'a bearer at /v1/usage': (token) => ({ path: '/v1/usage', headers: bearer(token) }),
    'a bearer at /v1/usage/me': (token) => ({ path: '/v1/usage/me', headers: bearer(token) }),
    'a header at /api/requests': (token) => ({ path: '/api/requests', headers: own(token) }),
    'a bearer at /api/analytics': (token) => ({ path: '/api/analytics', headers: bearer(token) }),
    'a bearer at /api/limits': (token) => ({ path: '/api/limits', headers: bearer(token) }),
    'a header at /api/drills': (token) => ({ path: '/api/drills', headers: own(token) }),
    'a bearer at /api/live': (token) => ({ path: '/api/live', method: 'HEAD', headers: bearer(token) }),
    'a bearer at GET /api/session': (token) => ({ path: '/api/session', headers: bearer(token) }),
    'POST /api/session': (token) => ({ path: '/api/session', method: 'POST', body: JSON.stringify({ token }) }),
    'a drill at /v1/messages': (token) => ({
      ...{ path: '/v1/messages', method: 'POST', body: '{}' },
      headers: [...drill, ...own(token)],
    }),
    'a drill at /v1/chat/completions': (token) => ({
      ...{ path: '/v1/chat/completions', method: 'POST', body: '{}' },
      headers: [...drill, ...own(token)],
    }),
  };
  const open = async (door: string, token: string, address: string) => {
    const request = doors[door]!(token);
    const headers = [...(request.headers ?? []), 'x-forwarded-for', address];
    return rawRequest(gateway.port, { ...request, headers });
  };
  const tryFiveAt = async (door: string, address: string) => {
    for (let tries = 0; tries < 5; tries += 1) {
      const { status } = await open(door, `guess-${tries}`, address);
      expect([200, 401, 403]).toContain(status);
    }
  };

  it.each(Object.keys(doors))(
    'counts wrong tokens at %s for all other endpoints, and accepts the right one',
    async (door) => {
      const index = Object.keys(doors).indexOf(door);
      const address = `10.1.0.${index}`;
      await tryFiveAt(door, address);
      for (const other of ['a bearer at /debug/env', 'POST /api/session', 'a drill at /v1/messages', door]) {
        const { status, headers } = await open(other, 'one-more', address);
        expect([other, status]).toEqual([other, 429]);
        expect(Number(headers['retry-after'])).toBeGreaterThan(30);
      }
      // The drill has a body without a model, which is refused after the token was accepted.
      expect([200, 400]).toContain((await open(door, SECRETS.ADMIN_TOKEN, address)).status);
      expect((await open(door, 'one-more', `10.2.0.${index}`)).status).not.toBe(429);
    },
  );

  it('reports how many are allowed and how long to wait', async () => {
    await tryFiveAt('a bearer at /debug/env', '10.3.0.1');
    const { body } = await open('a bearer at /debug/env', 'one-more', '10.3.0.1');
    expect(JSON.parse(body.toString()).error.message).toMatch(/5 a minute are allowed\. Try again in \d+ s;/);
  });

  it('counts all addresses of an IPv6 /64 as one', async () => {
    await tryFiveAt('a bearer at /debug/env', '2001:db8:1:2::1');
    expect((await open('a bearer at /debug/env', 'one-more', '2001:db8:1:2:ffff::9')).status).toBe(429);
    expect((await open('a bearer at /debug/env', 'one-more', '2001:db8:1:3::1')).status).toBe(401);
  });

  it("does not count a caller's own credential as a wrong token", async () => {
    const address = ['x-forwarded-for', '10.4.0.1'];
    for (const path of ['/v1/messages', '/v1/chat/completions', '/v1/messages/count_tokens']) {
      for (let times = 0; times < 3; times += 1) {
        const headers = ['content-type', 'application/json', ...bearer('sk-ant-oat01-my-own'), ...address];
        await rawRequest(gateway.port, { path, method: 'POST', headers, body: '{}' });
      }
    }
    expect((await open('a bearer at /debug/env', 'wrong', '10.4.0.1')).status).toBe(401);
  });
});
