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
  ])('opens to whoever shows it %s', async (_name, headers) => {
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

  it('answers 429 after five wrong tokens of an address, also to the right one', async () => {
    const guessed = await startGateway({ ...SECRETS, FALLBACK_CHAIN: 'anthropic', TRUST_PROXY: '127.0.0.1' });
    const from = (address: string) => ['x-forwarded-for', address];
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await debugEnv(guessed, ['x-admin-token', `guess-${tries}`, ...from('10.0.0.1')])).status).toBe(401);
    }
    const { status, headers } = await debugEnv(guessed, ['x-admin-token', SECRETS.ADMIN_TOKEN, ...from('10.0.0.1')]);
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(50);
    expect((await debugEnv(guessed, ['x-admin-token', SECRETS.ADMIN_TOKEN, ...from('10.0.0.2')])).status).toBe(200);
    await guessed.close();
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
  ])('stays closed to %s', async (_name, headers) => {
    const fresh = await startGateway({ ...SECRETS, FALLBACK_CHAIN: 'anthropic' });
    const { status, text, headers: answered } = await debugEnv(fresh, headers);
    await fresh.close();
    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
    expect(answered['www-authenticate']).toBe('Bearer');
    expect(text).not.toContain('7f3a');
  });
});

describe('without an ADMIN_TOKEN, /debug/env', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway({ FALLBACK_CHAIN: 'anthropic', TRUST_PROXY: '127.0.0.1' });
  });
  afterAll(() => gateway.close());

  it('opens to direct connections from the same machine, with secrets named as not set', async () => {
    const { status, text } = await debugEnv(gateway);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ ADMIN_TOKEN: '[not set]', ANTHROPIC_API_KEY: '[not set]' });
  });

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host', 'x-forwarded-proto'])(
    'stays closed to connections that somebody forwarded: %s',
    async (name) => {
      const { status, text } = await debugEnv(gateway, [name, '127.0.0.1']);
      expect([status, JSON.parse(text).error.type]).toEqual([403, 'permission_error']);
    },
  );

  it('takes no token for one that was set', async () => {
    const { status } = await debugEnv(gateway, ['x-forwarded-for', '127.0.0.1', 'authorization', 'Bearer undefined']);
    expect(status).toBe(403);
  });
});
