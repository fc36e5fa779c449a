import type { AuditPage } from '@claude-proxy/admin-api';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SignInCodes } from '../../apps/proxy/src/auth/sign-in-codes.js';
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
const newCode = () => gateway.app.get(SignInCodes).create(performance.now());
const entries = async () => {
  const list = await (await ask('/api/audit', { headers: { 'x-admin-token': TOKEN } })).json();
  return (list as AuditPage).entries;
};
const cookieOf = (response: Response) => response.headers.get('set-cookie')!.split(';')[0]!;

describe('the session of the dashboard', () => {
  it('begins with the token, grants access to the admin endpoints, and ends', async () => {
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

  it('ends alone: another session of the same operator continues', async () => {
    const [one, other] = [cookieOf(await signIn(TOKEN)), cookieOf(await signIn(TOKEN))];
    await ask('/api/session', { method: 'DELETE', headers: { cookie: one } });
    expect((await ask('/api/limits', { headers: { cookie: other } })).status).toBe(200);
  });

  it('cannot be ended by a page of another site', async () => {
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

  it('is recorded in the audit list', async () => {
    const cookie = cookieOf(await signIn(TOKEN));
    await ask('/api/session', { method: 'DELETE', headers: { cookie } });
    await signIn('wrong');
    await signIn('wrong');
    const acts = (await entries()).map(({ act }) => act);
    expect(acts).toEqual(expect.arrayContaining(['session.begun', 'session.ended', 'token.refused']));
    // Recorded once per minute and address.
    expect(acts.filter((act) => act === 'token.refused')).toHaveLength(1);
  });

  it('over TLS has a cookie that no other host of the domain can set', async () => {
    const headers = { origin: gateway.url.replace('http:', 'https:') };
    const begun = await signIn(TOKEN, headers);
    expect(begun.headers.get('set-cookie')).toMatch(/^__Host-claude_proxy_session=.*; Path=\/; .*; Secure$/);
    const cookie = cookieOf(begun);
    expect((await ask('/api/limits', { headers: { cookie } })).status).toBe(200);
    const ended = await ask('/api/session', { method: 'DELETE', headers: { ...headers, cookie } });
    expect(ended.headers.getSetCookie().map((line) => line.split('=')[0])).toEqual([
      '__Host-claude_proxy_session',
      'claude_proxy_session',
    ]);
    expect((await ask('/api/limits', { headers: { cookie } })).status).toBe(401);
  });

  it('ends its own live feeds in all tabs, and no others', async () => {
    const { setInterval: every } = globalThis;
    const hurried = jest
      .spyOn(globalThis, 'setInterval')
      .mockImplementation(((work: () => void, ms: number) =>
        every(work, ms === 15_000 ? 20 : ms)) as typeof setInterval);
    const [one, other] = [cookieOf(await signIn(TOKEN)), cookieOf(await signIn(TOKEN))];
    const listening = new AbortController();
    const open = (cookie: string) => ask('/api/live', { headers: { cookie }, signal: listening.signal });
    const [ending, staying] = await Promise.all([open(one), open(other)]);
    hurried.mockRestore();
    const stays = staying.text().then(
      () => 'ended',
      () => 'open until the test ends it',
    );
    await ask('/api/session', { method: 'DELETE', headers: { cookie: one } });
    expect(await ending.text()).toContain(': connected');
    expect((await ask('/api/limits', { headers: { cookie: other } })).status).toBe(200);
    listening.abort();
    expect(await stays).toBe('open until the test ends it');
  });

  it('does not begin with a wrong token, or from a page of another site', async () => {
    expect((await signIn('wrong')).status).toBe(401);
    expect((await signIn(TOKEN, { origin: 'https://evil.example' })).status).toBe(403);
  });

  it('allows reads from any page, and writes from its own pages only', async () => {
    const cookie = cookieOf(await signIn(TOKEN));
    const drill = (origin: string) =>
      ask('/api/drills', { method: 'POST', body: '{"user":null,"seconds":1}', headers: { cookie, origin } });
    expect((await drill('https://evil.example')).status).toBe(403);
    expect((await drill('null')).status).toBe(403);
    expect((await drill(gateway.url)).status).toBe(201);
    expect((await ask('/api/limits', { headers: { cookie, origin: 'https://evil.example' } })).status).toBe(200);
  });

  it('is refused if it is forged', async () => {
    const headers = { cookie: 'claude_proxy_session=9999999999.AAAA' };
    expect((await ask('/api/limits', { headers })).status).toBe(401);
  });
});

describe('a sign-in link', () => {
  it('begins a session once, and reports the second use', async () => {
    const code = newCode();
    const begun = await signIn(code);
    expect(begun.status).toBe(200);
    const cookie = cookieOf(begun);
    expect(cookie).not.toContain(code);
    expect((await ask('/api/limits', { headers: { cookie } })).status).toBe(200);
    const again = await signIn(code);
    expect(again.status).toBe(401);
    expect(await again.text()).toContain('This sign-in link was used before, and a link signs in once.');
    expect((await entries())[0]).toMatchObject({ act: 'session.begun', actor: { kind: 'sign_in_link', name: null } });
  });

  it('reports that it has expired', async () => {
    const code = gateway.app.get(SignInCodes).create(performance.now() - 15 * 60_000);
    const late = await signIn(code);
    expect([late.status, await late.text()]).toEqual([401, expect.stringContaining('is older than 15 minutes')]);
  });

  it('counts as a wrong token if it is forged, but not if it has expired', async () => {
    const own = await startGateway({ ADMIN_TOKEN: TOKEN, FALLBACK_CHAIN: 'anthropic' });
    const post = async (token: string) =>
      (await fetch(`${own.url}/api/session`, { method: 'POST', body: JSON.stringify({ token }) })).status;
    const used = own.app.get(SignInCodes).create(performance.now());
    const statuses: number[] = [];
    for (let times = 0; times < 8; times += 1) statuses.push(await post(used));
    expect(statuses).toEqual([200, ...Array(7).fill(401)]);
    const guesses: number[] = [];
    for (let times = 0; times < 6; times += 1) guesses.push(await post(`ccp-once-${times}`));
    expect(guesses).toEqual([...Array(5).fill(401), 429]);
    await own.close();
  });

  it('only begins a session', async () => {
    const headers = { 'x-admin-token': newCode() };
    expect((await ask('/api/limits', { headers })).status).toBe(401);
    const drill = { ...headers, 'x-claude-proxy-drill': 'rate-limit', 'x-api-key': 'mine' };
    expect((await ask('/v1/messages', { method: 'POST', headers: drill, body: '{}' })).status).toBe(403);
  });
});
