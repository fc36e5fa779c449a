import type { LimitList } from '@claude-proxy/admin-api';
import { rateLimited } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LimitStore } from '../../apps/proxy/src/fallback/limit.store.js';
import { MESSAGE, postJson } from '../support/post-json.js';
import { type Stage, startStage } from '../support/start-stage.js';

const ADMIN_TOKEN = 'admin-token-of-shared-credentials';
const admin = { headers: { 'x-admin-token': ADMIN_TOKEN } };
const USERS = 500;

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ ANTHROPIC_API_KEY: 'sk-ant-operator', ADMIN_TOKEN, THROTTLE_LIMIT: '0' });
});
afterEach(async () => {
  for (const { user } of await limits()) {
    await fetch(`${stage.gateway.url}/api/limits/${encodeURIComponent(user)}`, { method: 'DELETE', ...admin });
  }
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

const ask = async (user: string, headers: Record<string, string> = {}) => {
  const asked = { ...MESSAGE, model: 'claude-opus-5-5' };
  const response = await postJson(`${stage.gateway.url}/user/${user}/v1/messages`, asked, {
    headers: { 'anthropic-version': '2023-06-01', ...headers },
  });
  await response.text();
  return [
    response.status,
    response.headers.get('x-claude-proxy-upstream'),
    response.headers.get('x-claude-proxy-fallback'),
  ];
};
async function limits() {
  await stage.gateway.app.get(LimitStore).settled();
  return ((await (await fetch(`${stage.gateway.url}/api/limits`, admin)).json()) as LimitList).limits;
}

describe("a limit of the gateway's own credential", () => {
  it(`is learned once for ${USERS} users`, async () => {
    stage.anthropic.setDefault(rateLimited({ retryAfterSeconds: 600 }));
    expect(await ask('user-0')).toEqual([200, 'bedrock', 'rate_limited']);
    for (let user = 1; user < USERS; user += 1) {
      expect(await ask(`user-${user}`)).toEqual([200, 'bedrock', 'limit_remembered']);
    }
    expect(stage.anthropic.requests).toHaveLength(1);
    expect(await limits()).toEqual([
      expect.objectContaining({ user: expect.stringMatching(/^account#[0-9a-f]{12}$/), is_drill: false }),
    ]);
  });

  it('is cleared by its name, for all users', async () => {
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 600 }));
    await ask('alice');
    const [limit] = await limits();
    const cleared = await fetch(`${stage.gateway.url}/api/limits/${encodeURIComponent(limit!.user)}`, {
      method: 'DELETE',
      ...admin,
    });
    expect(cleared.status).toBe(204);
    expect(await ask('bob')).toEqual([200, 'anthropic', null]);
  });

  it('does not concern a client with a credential of its own, nor the other way round', async () => {
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 600 }));
    await ask('alice');
    expect(await ask('alice', { 'x-api-key': 'sk-ant-own' })).toEqual([200, 'anthropic', null]);
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 600 }));
    expect(await ask('carol', { 'x-api-key': 'sk-ant-own' })).toEqual([200, 'bedrock', 'rate_limited']);
    expect((await limits()).map(({ user }) => user)).toEqual(
      expect.arrayContaining(['carol', expect.stringMatching(/^account#/)]),
    );
  });

  it('is beside a limit of a user that was written by hand', async () => {
    const until = Math.floor(Date.now() / 1_000) + 600;
    await stage.gateway.app.get(LimitStore).table.put({ user_id: 'dora', retry_until: until, ttl: until });
    expect(await ask('dora')).toEqual([200, 'bedrock', 'limit_remembered']);
    expect(await ask('erik')).toEqual([200, 'anthropic', null]);
  });
});
