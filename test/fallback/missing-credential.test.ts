import { answer, overloaded, rateLimited } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { type Posting, postMessage } from '../support/post-message.js';
import { linesOf } from '../support/recorded.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
let key: string;
const admin = adminApi(() => stage.gateway);

const withKey = async (posting: Posting = {}) => {
  const answered = await postMessage(stage.gateway, { apiKey: key, ...posting });
  await admin.written();
  return answered;
};
const newKey = async () => {
  key = (await admin.post('/api/keys', { name: 'laptop', user: 'alice' })).json.key;
};

beforeAll(async () => {
  stage = await startStage({ CLIENT_AUTH: 'keys' });
  await newKey();
});
beforeEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

describe('a caller with a client key, while the operator has no credential for Anthropic', () => {
  it('is answered by Bedrock, and the record says why', async () => {
    const answered = await withKey();
    expect([answered.status, answered.upstream, answered.fallback]).toEqual([200, 'bedrock', 'no_credential']);
    expect(stage.anthropic.requests).toHaveLength(0);
    const [line] = await linesOf(stage.gateway, 'alice');
    expect(line).toMatchObject({ upstream: 'bedrock', fallback_reason: 'no_credential' });
  });

  it('gets a moment to wait while Bedrock is throttled for a moment', async () => {
    stage.bedrock.setDefault(overloaded());
    const { status, headers } = await withKey();
    expect([status, headers.get('x-should-retry')]).toEqual([429, null]);
    expect(Number(headers.get('retry-after'))).toBeLessThan(60);
  });

  it('is answered by Anthropic with a credential of its own', async () => {
    stage.anthropic.setDefault(answer());
    const answered = await withKey({ apiKey: 'sk-ant-own', headers: { 'x-claude-proxy-key': key } });
    expect([answered.status, answered.upstream]).toEqual([200, 'anthropic']);
  });

  it('gets 503 with the cure for what only Anthropic has, and no 401', async () => {
    const response = await fetch(`${stage.gateway.url}/v1/messages/batches`, { headers: { 'x-api-key': key } });
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([503, 'false']);
    expect(await response.text()).toMatch(/ANTHROPIC_API_KEY, or an account at \/api\/accounts.*Your own key is not/);
    const models = await fetch(`${stage.gateway.url}/v1/models`, { headers: { 'x-api-key': key } });
    expect(models.status).toBe(200);
  });

  it('gets 503 with the cure where no other upstream is left', async () => {
    await stage.restart({ FALLBACK_CHAIN: 'anthropic' });
    await newKey();
    const refused = await withKey();
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([503, 'false']);
    expect(JSON.parse(refused.text).error).toEqual({
      type: 'api_error',
      message:
        'This gateway has no upstream that can serve the request: anthropic: the operator of this gateway has set no credential for it (ANTHROPIC_API_KEY, or an account at /api/accounts). Your own key is not the cause.',
    });
  });
});

describe('while all accounts are paused', () => {
  const pauseAll = async () => {
    const { accounts } = (await admin.ask('/api/accounts')).json;
    for (const { id } of accounts)
      await admin.ask(`/api/accounts/${id}`, { method: 'PATCH', body: JSON.stringify({ state: 'paused' }) });
  };

  it.each([
    ['one account', { ANTHROPIC_API_KEY: 'sk-ant-one' }, 'the account default is paused'],
    ['a pool', { ANTHROPIC_API_KEYS: 'a=sk-ant-a,b=sk-ant-b' }, 'all 2 accounts are paused'],
  ])(
    '%s: Bedrock answers callers without a credential; without Bedrock they get 503 with the reason',
    async (_name, keys, reason) => {
      const open = { CLIENT_AUTH: 'open', ...keys };
      const post = () => postMessage(stage.gateway, { apiKey: null });
      await stage.restart(open);
      await pauseAll();
      expect(await post()).toMatchObject({ status: 200, upstream: 'bedrock', fallback: 'no_credential' });
      await stage.restart({ ...open, FALLBACK_CHAIN: 'anthropic' });
      await pauseAll();
      stage.anthropic.reset();
      stage.anthropic.setDefault(rateLimited({ retryAfterSeconds: 60 }));
      const refused = await post();
      expect([refused.status, refused.text]).toEqual([503, expect.stringContaining(reason)]);
      expect(stage.anthropic.requests).toHaveLength(0);
    },
  );
});
