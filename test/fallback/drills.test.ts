import { randomUUID } from 'node:crypto';
import { internal } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LimitStore } from '../../apps/proxy/src/fallback/limit.store.js';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
/** Without credential checks, which use GET. */
const messagesAtAnthropic = () => stage.anthropic.requests.filter(({ method }) => method === 'POST');
const newUser = () => `user-${randomUUID()}`;

beforeAll(async () => {
  stage = await startStage({ ADMIN_TOKEN: 'admin-token-of-the-test' });
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

describe('FORCE_RATE_LIMIT', () => {
  beforeAll(() => stage.restart({ FORCE_RATE_LIMIT: 'true' }));

  it('answers from Bedrock without asking Anthropic, and stores the limit marked as a drill', async () => {
    const user = newUser();
    expect(await postMessage(stage.gateway, { user })).toMatchObject({
      status: 200,
      upstream: 'bedrock',
      fallback: 'drill',
    });
    expect(messagesAtAnthropic()).toHaveLength(0);
    const limits = stage.gateway.app.get(LimitStore);
    await limits.settled();
    expect(await limits.itemOf(user)).toMatchObject({ drill: true, retry_after_seconds: 60 });
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'bedrock', fallback: 'drill' });
  });

  it('begins after the credential check', async () => {
    expect((await postMessage(stage.gateway, { user: newUser(), apiKey: null })).status).toBe(401);
  });

  it('returns 503 with the reason if Bedrock fails, on the first request and while the limit is remembered', async () => {
    const user = newUser();
    stage.bedrock.setDefault(internal());
    for (const _ of [1, 2]) {
      const answered = await postMessage(stage.gateway, { user });
      expect(answered.status).toBe(503);
      expect(JSON.parse(answered.text)).toMatchObject({
        type: 'error',
        error: { message: expect.stringMatching(/simulated \(drill\).*no fallback upstream answered: .*bedrock/) },
      });
      expect(answered.headers.get('x-should-retry')).toBe('false');
    }
    expect(stage.anthropic.requests).toHaveLength(0);
  });

  it('ends a request that Bedrock does not accept, on the first one and while the limit is remembered', async () => {
    const user = newUser();
    const body = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
    for (const _ of [1, 2]) {
      const { status, headers, text } = await postMessage(stage.gateway, { user, body });
      expect([status, headers.get('x-should-retry')]).toEqual([429, 'false']);
      expect(text).toMatch(/simulated \(drill\), and no other upstream can serve this request/);
    }
    expect(messagesAtAnthropic()).toHaveLength(0);
  });

  it('does not affect count_tokens', async () => {
    const response = await fetch(`${stage.gateway.url}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: { 'x-api-key': 'sk-ant-test-1', 'anthropic-version': '2023-06-01' },
      body: '{"model":"claude-opus-5-5","messages":[{"role":"user","content":"hi"}]}',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-claude-proxy-upstream')).toBe('anthropic');
  });

  it('ends when it is switched off: its stored limits are ignored and cleared', async () => {
    const user = newUser();
    await postMessage(stage.gateway, { user });
    const { dataDirectory } = stage.gateway;
    const after = await startStage({ DATA_DIR: dataDirectory });
    expect(await postMessage(after.gateway, { user })).toMatchObject({ upstream: 'anthropic', fallback: null });
    await after.gateway.app.get(LimitStore).settled();
    expect(await after.gateway.app.get(LimitStore).itemOf(user)).toBeUndefined();
    await after.close();
  });

  it('with fallback off returns a 429 that is marked as simulated', async () => {
    await stage.restart({ FORCE_RATE_LIMIT: 'true', BEDROCK_FALLBACK_ENABLED: 'false' });
    const answered = await postMessage(stage.gateway, { user: newUser() });
    expect(answered.status).toBe(429);
    expect(JSON.parse(answered.text).error).toMatchObject({
      type: 'rate_limit_error',
      message: expect.stringContaining('simulated'),
    });
  });
});

describe('a drill for one request', () => {
  beforeAll(() => stage.restart());
  const drill = (headers: Record<string, string>) => ({ 'x-claude-proxy-drill': 'rate-limit', ...headers });

  it('needs the admin token', async () => {
    expect((await postMessage(stage.gateway, { headers: drill({}) })).status).toBe(403);
    expect((await postMessage(stage.gateway, { headers: drill({ 'x-admin-token': 'wrong' }) })).status).toBe(403);
  });

  it('answers this request from Bedrock and leaves nothing behind', async () => {
    const user = newUser();
    const headers = drill({ 'x-admin-token': 'admin-token-of-the-test' });
    expect(await postMessage(stage.gateway, { user, headers })).toMatchObject({
      upstream: 'bedrock',
      fallback: 'drill',
    });
    expect(messagesAtAnthropic()).toHaveLength(0);
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'anthropic', fallback: null });
    for (const { headers } of stage.anthropic.requests) expect(headers).not.toHaveProperty('x-admin-token');
  });

  it('is refused if its name is unknown', async () => {
    const headers = { 'x-admin-token': 'admin-token-of-the-test', 'x-claude-proxy-drill': 'earthquake' };
    expect((await postMessage(stage.gateway, { headers })).status).toBe(400);
  });
});
