import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessChanges } from '../../apps/proxy/src/state/access-changes.js';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { eventually } from '../support/recorded.js';
import { hasRedis, type RunningRedis, startRedis } from '../support/start-redis.js';
import { startTasks, type Tasks } from '../support/start-tasks.js';

const describeWithRedis = hasRedis() ? describe : describe.skip;

describeWithRedis('REDIS_URL', () => {
  let redis: RunningRedis;
  let tasks: Tasks;
  const admin = adminApi(() => tasks.first);
  beforeAll(async () => {
    redis = await startRedis();
    tasks = await startTasks({ CLIENT_AUTH: 'keys', REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await tasks.close();
    await redis.stop();
  });

  it('K3: pushes a revoked key to a task that does not poll', async () => {
    const { key, id } = (await admin.post('/api/keys', { name: 'laptop', user: 'alice' })).json;
    const ask = () => postMessage(tasks.second, { apiKey: key });
    expect((await ask()).status).toBe(200);
    tasks.second.app.get(AccessChanges).onModuleDestroy();
    const startedAt = performance.now();
    await admin.ask(`/api/keys/${id}`, { method: 'DELETE' });
    const refused = await eventually(ask, ({ status }) => status === 401);
    expect(refused.text).toContain('was revoked on');
    // Without the push it would be the 30 seconds of the cache.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('is not needed: without Redis a change is seen by the next poll', async () => {
    const { key, id } = (await admin.post('/api/keys', { name: 'laptop', user: 'alice' })).json;
    const ask = () => postMessage(tasks.first, { apiKey: key });
    expect((await ask()).status).toBe(200);
    await redis.stop();
    const second = adminApi(() => tasks.second);
    expect((await second.ask(`/api/keys/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await eventually(ask, ({ status }) => status === 401)).text).toContain('was revoked on');
  });
});
