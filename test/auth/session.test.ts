import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const TOKEN = 'admin-token-of-the-session-test';
let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ ADMIN_TOKEN: TOKEN, FALLBACK_CHAIN: 'anthropic' });
});
afterAll(() => gateway.close());

const ask = (path: string, init: RequestInit = {}) => fetch(`${gateway.url}${path}`, init);
const signIn = (token: string, headers: Record<string, string> = {}) =>
  ask('/api/session', { method: 'POST', body: JSON.stringify({ token }), headers });
const cookieOf = (response: Response) => response.headers.get('set-cookie')!.split(';')[0]!;

describe('the session of the dashboard', () => {
  it('begins with the token, opens the admin endpoints, and ends', async () => {
    expect(await (await ask('/api/session')).json()).toEqual({ is_signed_in: false, needs_token: true });
    const signedIn = await signIn(TOKEN);
    expect(signedIn.status).toBe(200);
    expect(signedIn.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(signedIn.headers.get('set-cookie')).not.toContain(TOKEN);
    const cookie = cookieOf(signedIn);
    expect((await ask('/api/limits', { headers: { cookie } })).status).toBe(200);
    expect(await (await ask('/api/session', { headers: { cookie } })).json()).toMatchObject({ is_signed_in: true });
    const signedOut = await ask('/api/session', { method: 'DELETE', headers: { cookie } });
    expect(signedOut.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await ask('/api/limits', { headers: { cookie } })).status).toBe(401);
    expect(await (await ask('/api/session', { headers: { cookie } })).json()).toMatchObject({ is_signed_in: false });
  });

  it('ends alone: another one of the same operator goes on', async () => {
    const [one, other] = [cookieOf(await signIn(TOKEN)), cookieOf(await signIn(TOKEN))];
    await ask('/api/session', { method: 'DELETE', headers: { cookie: one } });
    expect((await ask('/api/limits', { headers: { cookie: other } })).status).toBe(200);
  });

  it('is not ended by a page of another site', async () => {
    const cookie = cookieOf(await signIn(TOKEN));
    const headers = { cookie, origin: 'https://evil.example' };
    expect((await ask('/api/session', { method: 'DELETE', headers })).status).toBe(403);
    expect((await ask('/api/limits', { headers: { cookie } })).status).toBe(200);
  });

  it('ends in every task', async () => {
    const second = await startGateway({
      ADMIN_TOKEN: TOKEN,
      FALLBACK_CHAIN: 'anthropic',
      DATA_DIR: gateway.dataDirectory,
    });
    try {
      const cookie = cookieOf(await signIn(TOKEN));
      await ask('/api/session', { method: 'DELETE', headers: { cookie } });
      expect((await fetch(`${second.url}/api/limits`, { headers: { cookie } })).status).toBe(401);
    } finally {
      await second.close();
    }
  });

  it('leaves its acts in the audit list', async () => {
    const cookie = cookieOf(await signIn(TOKEN));
    await ask('/api/session', { method: 'DELETE', headers: { cookie } });
    await signIn('wrong');
    const list = await (await ask('/api/audit', { headers: { 'x-admin-token': TOKEN } })).json();
    const acts = (list as { entries: { act: string }[] }).entries.map(({ act }) => act);
    expect(acts).toEqual(expect.arrayContaining(['session.begun', 'session.ended', 'session.refused']));
  });

  it('does not begin with a wrong token, or from a page of another site', async () => {
    expect((await signIn('wrong')).status).toBe(401);
    expect((await signIn(TOKEN, { origin: 'https://evil.example' })).status).toBe(403);
  });

  it('reads for any page and writes for ours alone', async () => {
    const cookie = cookieOf(await signIn(TOKEN));
    const drill = (origin: string) =>
      ask('/api/drills', { method: 'POST', body: '{"user":null,"seconds":1}', headers: { cookie, origin } });
    expect((await drill('https://evil.example')).status).toBe(403);
    expect((await drill('null')).status).toBe(403);
    expect((await drill(gateway.url)).status).toBe(201);
    expect((await ask('/api/limits', { headers: { cookie, origin: 'https://evil.example' } })).status).toBe(200);
  });

  it('is no use where it was made up', async () => {
    const headers = { cookie: 'claude_proxy_session=9999999999.AAAA' };
    expect((await ask('/api/limits', { headers })).status).toBe(401);
  });
});
