import { setTimeout as sleep } from 'node:timers/promises';
import { silence } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newKeyText } from '../../apps/proxy/src/auth/keys/key-text.js';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { eventually } from '../support/recorded.js';
import { startTasks, type Tasks } from '../support/start-tasks.js';

let tasks: Tasks;
const admin = adminApi(() => tasks.first);
beforeAll(async () => {
  tasks = await startTasks({ CLIENT_AUTH: 'keys' });
});
afterEach(() => {
  tasks.line.state = 'well';
  tasks.anthropic.reset();
});
afterAll(() => tasks.close());

const create = async () => (await admin.post('/api/keys', { name: 'laptop', user: 'alice' })).json;
const askSecond = (apiKey: string, isStream = false) => postMessage(tasks.second, { apiKey, isStream });
const untilStatus = async (status: number, apiKey: string) => {
  const startedAt = performance.now();
  const last = await eventually(
    () => askSecond(apiKey),
    (answer) => answer.status === status,
  );
  return { ...last, seconds: (performance.now() - startedAt) / 1_000 };
};

describe('a client key on several tasks', () => {
  it('K3: that one task revokes is refused by the other within 3 seconds, and a running answer ends by itself', async () => {
    const { key, id } = await create();
    expect((await askSecond(key)).status).toBe(200);
    tasks.anthropic.script(silence({ afterEvents: 3, ms: 2_500 }));
    const running = askSecond(key, true);
    await tasks.anthropic.requestAt(1);
    await admin.ask(`/api/keys/${id}`, { method: 'DELETE' });
    const refused = await untilStatus(401, key);
    expect(refused.text).toContain('was revoked on');
    // A second by itself. Without the notice it would be the 30 seconds of the cache.
    expect(refused.seconds).toBeLessThan(10);
    const { status, text } = await running;
    expect([status, text]).toEqual([200, expect.stringContaining('message_stop')]);
  });

  it('that one task creates or rotates works on the other', async () => {
    const { key, id } = await create();
    expect((await askSecond(key)).status).toBe(200);
    const { json } = await admin.post(`/api/keys/${id}/rotate`, { overlap_seconds: 0 });
    expect((await untilStatus(200, json.key)).status).toBe(200);
    expect((await untilStatus(401, key)).text).toContain('was rotated on');
  });

  it('works while the store is away if it was used lately; an unknown one gets 503 and not 401', async () => {
    const { key } = await create();
    expect((await askSecond(key)).status).toBe(200);
    tasks.line.state = 'down';
    await sleep(1_500);
    expect((await askSecond(key)).status).toBe(200);
    const unknown = await askSecond(newKeyText());
    expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '5']);
    expect(unknown.text).toContain('cannot be checked now');
    expect(unknown.headers.get('x-should-retry')).toBeNull();
  });

  it('whose change has a lost confirmation is rotated once', async () => {
    const { key, id } = await create();
    tasks.line.state = 'forgets';
    const second = adminApi(() => tasks.second);
    const { status } = await second.post(`/api/keys/${id}/rotate`, { overlap_seconds: 60 });
    tasks.line.state = 'well';
    expect(status).toBe(503);
    expect((await postMessage(tasks.first, { apiKey: key })).status).toBe(200);
  });
});
