import type { TaskList } from '@claude-proxy/admin-api';
import { answer } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { VERSION } from '../../apps/proxy/src/config/version.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { adminApi } from '../support/admin-api.js';
import { listenLive } from '../support/listen-live.js';
import { postMessage } from '../support/post-message.js';
import { eventually } from '../support/recorded.js';
import { startGateway } from '../support/start-gateway.js';
import { startTasks, type Tasks } from '../support/start-tasks.js';

let tasks: Tasks;
const first = adminApi(() => tasks.first);
const second = adminApi(() => tasks.second);
const listOf = async ({ ask }: typeof first) => (await ask('/api/tasks')).json as TaskList;

beforeAll(async () => {
  tasks = await startTasks({
    TASK_HEARTBEAT_SECONDS: '1',
    FALLBACK_CHAIN: 'anthropic,bedrock',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://127.0.0.1:9',
  });
}, 30_000);
afterEach(() => {
  tasks.line.state = 'well';
  tasks.anthropic.reset();
});
afterAll(() => tasks.close());

describe('the tasks of a deployment', () => {
  it('are listed by each of them, with version, start and state', async () => {
    const { tasks: seen, is_complete } = await eventually(
      () => listOf(first),
      (list) => list.tasks.length === 2,
    );
    expect(is_complete).toBe(true);
    expect(seen.filter(({ is_this }) => is_this)).toHaveLength(1);
    for (const task of seen) {
      expect(task).toMatchObject({ version: VERSION, state: 'serving', in_flight: 0 });
      expect(Date.now() - task.started_at).toBeLessThan(60_000);
    }
    expect((await listOf(second)).tasks.map(({ id }) => id)).toEqual(seen.map(({ id }) => id));
  });

  it('add up the requests in flight', async () => {
    tasks.anthropic.setDefault(answer({ latencyMs: 2_000 }));
    const running = [tasks.first, tasks.second, tasks.second].map((gateway) => postMessage(gateway, { user: 'ann' }));
    const inFlight = async () => (await first.ask('/api/analytics?range=1h')).json.in_flight;
    expect(await eventually(inFlight, (count) => count === 3)).toBe(3);
    expect((await listOf(first)).in_flight).toBe(3);
    await Promise.all(running);
  });

  it('share the live feed: each request arrives once, wherever it was served', async () => {
    const feed = await listenLive(tasks.first);
    const ids = async () => feed.events.flatMap((event) => (event.type === 'exchange' ? [event.request.id] : []));
    const [here, there] = await Promise.all([
      postMessage(tasks.first, { user: 'here' }),
      postMessage(tasks.second, { user: 'there' }),
    ]);
    const expected = [here, there].map(({ headers }) => headers.get('x-claude-proxy-exchange'));
    await eventually(ids, (seen) => expected.every((id) => seen.includes(id!)));
    expect(new Set(await ids()).size).toBe((await ids()).length);
    expect(await ids()).toEqual(expect.arrayContaining(expected));
    await feed.close();
  });

  it('count the hits of a drill together', async () => {
    const { json: drill } = await first.post('/api/drills', { user: 'drilled', seconds: 60, share: 1 });
    const hits = async () => (await first.ask('/api/drills')).json.drills[0]?.struck;
    await eventually(
      async () => (await second.ask('/api/drills')).json.drills,
      ({ length }) => length === 1,
    );
    await postMessage(tasks.first, { user: 'drilled' });
    await postMessage(tasks.second, { user: 'drilled' });
    await postMessage(tasks.second, { user: 'drilled' });
    expect(await eventually(hits, (count) => count === 3)).toBe(3);
    await first.ask(`/api/drills/${drill.id}`, { method: 'DELETE' });
  });

  it('are this one alone while the store is away, and the list says that it is not complete', async () => {
    tasks.line.state = 'down';
    const list = await eventually(
      () => listOf(second),
      ({ is_complete }) => !is_complete,
    );
    expect(list.tasks).toMatchObject([{ is_this: true, state: 'serving' }]);
  });

  it('show that one drains', async () => {
    tasks.second.app.get(ExchangeFeed).changed('draining');
    const list = await eventually(
      () => listOf(first),
      (seen) => seen.tasks.some(({ state }) => state === 'draining'),
    );
    expect(list.tasks.map(({ is_this, state }) => [is_this, state])).toEqual(
      expect.arrayContaining([
        [true, 'serving'],
        [false, 'draining'],
      ]),
    );
  });
});

describe('a gateway with an embedded store', () => {
  it('lists itself', async () => {
    const own = await startGateway();
    const { ask } = adminApi(() => own);
    expect((await ask('/api/tasks')).json).toMatchObject({
      tasks: [{ is_this: true, version: VERSION, state: 'serving' }],
      in_flight: 0,
      is_complete: true,
    });
    await own.close();
  });
});
