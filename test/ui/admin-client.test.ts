import { AdminApiError, AdminClient, type LiveState } from '@claude-proxy/admin-client';
import { rateLimited } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../drills/free-port.js';
import { adminApi } from '../support/admin-api.js';
import { BuiltGateway } from '../support/built-gateway.js';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';

const TOKEN = 'admin-token-of-the-test';

let stage: Stage;
let client: AdminClient;
const { written } = adminApi(() => stage.gateway);

beforeAll(async () => {
  stage = await startStage({ ADMIN_TOKEN: TOKEN });
  client = new AdminClient({ baseUrl: stage.gateway.url, token: TOKEN });
});
afterEach(() => stage.anthropic.reset());
afterAll(() => stage.close());

const errorOf = (call: Promise<unknown>): Promise<AdminApiError> =>
  call.then(
    () => {
      throw new Error('the call did not fail');
    },
    (error: AdminApiError) => error,
  );

describe('the client of the admin API, in Node', () => {
  it('reads figures, requests and usage', async () => {
    await postMessage(stage.gateway, { user: 'reader' });
    await written();
    expect((await client.analytics('1h')).totals.requests).toBe(1);
    expect(Object.keys((await client.analytics('1h', { byUser: true })).by_user!)).toEqual(['reader']);
    const { requests } = await client.requests({ user: 'reader', limit: 1, errors: false });
    expect(requests).toMatchObject([{ user: 'reader', outcome: 'completed' }]);
    expect(await client.request(requests[0]!.id)).toMatchObject({ id: requests[0]!.id, attempts: [{ status: 200 }] });
    expect((await client.usage({ days: 1 })).users).toHaveProperty('reader');
    expect(await client.usageOf('reader', { days: 1, request_type: 'anthropic' })).toMatchObject({ user_id: 'reader' });
    expect((await client.readiness()).upstreams.map(({ name }) => name)).toContain('anthropic');
  });

  it('lists limits and clears one', async () => {
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 600 }));
    await postMessage(stage.gateway, { user: 'limited' });
    expect((await client.limits()).limits.map(({ user }) => user)).toContain('limited');
    await client.clearLimit('limited');
    expect((await client.limits()).limits.map(({ user }) => user)).not.toContain('limited');
  });

  it('starts and stops a drill, which the audit records page by page', async () => {
    const drill = await client.startDrill({ user: 'joon/park', seconds: 60, share: 0.5 }).catch(() => undefined);
    expect(drill).toBeUndefined();
    const { id } = await client.startDrill({ user: 'joon', seconds: 60, share: 0.5 });
    expect((await client.drills()).drills).toMatchObject([{ id, user: 'joon', share: 0.5 }]);
    await client.stopDrill(id);
    expect((await client.drills()).drills).toEqual([]);
    await written();
    const newest = await client.audit({ limit: 1 });
    expect(newest.entries).toMatchObject([{ act: 'drill.ended', target: 'joon', actor: { kind: 'admin_token' } }]);
    expect((await client.audit({ limit: 1, cursor: newest.next_cursor })).entries).toMatchObject([
      { act: 'drill.started', target: 'joon' },
    ]);
  });

  it('keeps the path prefix of its gateway', async () => {
    const prefixed = new AdminClient({ baseUrl: `${stage.gateway.url}/team/claude`, token: TOKEN });
    expect(await errorOf(prefixed.limits())).toMatchObject({
      message: expect.stringContaining('/team/claude/api/limits'),
    });
  });
});

describe('an error of the client', () => {
  it('has the status, type and message of the gateway', async () => {
    expect(await errorOf(client.startDrill({ user: null, seconds: 0, share: 1 }))).toMatchObject({
      name: 'AdminApiError',
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringContaining('seconds'),
      isUnauthorized: false,
    });
    expect(await errorOf(client.request('exc_none'))).toMatchObject({ status: 404, type: 'not_found_error' });
  });

  it('reports a wrong token, and calls back for that', async () => {
    let count = 0;
    const stranger = new AdminClient({
      baseUrl: stage.gateway.url,
      token: 'wrong',
      onUnauthorized: () => (count += 1),
    });
    expect(await errorOf(stranger.audit())).toMatchObject({ isUnauthorized: true });
    expect(count).toBe(1);
    expect(await stranger.session()).toMatchObject({ is_signed_in: false });
    expect(await errorOf(stranger.signIn('wrong'))).toMatchObject({ isUnauthorized: true });
    expect(count).toBe(1);
    await expect(stranger.live({ signal: new AbortController().signal }).next()).rejects.toMatchObject({
      name: 'AdminApiError',
      isUnauthorized: true,
    });
  });

  it('has status 0 and the reason where no gateway answers', async () => {
    const nowhere = new AdminClient({ baseUrl: `http://127.0.0.1:${await freePort()}` });
    expect(await errorOf(nowhere.limits())).toMatchObject({
      status: 0,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is the reason of the signal where the caller aborted', async () => {
    const reason = new Error('no longer needed');
    await expect(client.limits(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('the live feed of the client', () => {
  it('delivers what happens, and ends when its signal aborts', async () => {
    const end = new AbortController();
    const states: LiveState[] = [];
    const events = client.live({ signal: end.signal, onState: (state) => states.push(state) });
    const first = events.next();
    while (!states.includes('open')) await new Promise(setImmediate);
    await postMessage(stage.gateway, { user: 'lively' });
    expect((await first).value).toMatchObject({ type: 'exchange', request: { user: 'lively' } });
    const { id } = await client.startDrill({ user: 'lively', seconds: 60, share: 1 });
    expect((await events.next()).value).toEqual({ type: 'drills' });
    expect((await events.next()).value).toMatchObject({ type: 'event', event: { type: 'drill.started' } });
    await client.stopDrill(id);
    expect((await events.next()).value).toEqual({ type: 'drills' });
    const last = events.next();
    end.abort();
    expect(await last).toEqual({ done: true, value: undefined });
    expect(states).toEqual(['connecting', 'open']);
  });

  it('reports that the process drains, and connects to the next one', async () => {
    const port = String(await freePort());
    const start = () => BuiltGateway.started({ ADMIN_TOKEN: TOKEN, PORT: port });
    const end = new AbortController();
    const states: LiveState[] = [];
    let gateway = await start();
    try {
      const lively = new AdminClient({ baseUrl: gateway.url, token: TOKEN });
      const events = lively.live({ signal: end.signal, onState: (state) => states.push(state) });
      const draining = events.next();
      while (!states.includes('open')) await new Promise(setImmediate);
      gateway.signal('SIGTERM');
      expect((await draining).value).toEqual({ type: 'draining' });
      expect(states).toEqual(['connecting', 'open', 'draining']);
      await gateway.ended;
      const next = events.next();
      gateway = await start();
      while (states.at(-1) !== 'open') await new Promise(setImmediate);
      await lively.startDrill({ user: null, seconds: 60, share: 1 });
      expect((await next).value).toEqual({ type: 'drills' });
    } finally {
      end.abort();
      await gateway.stop();
    }
  }, 120_000);
});
