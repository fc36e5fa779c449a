import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountPool } from '../../apps/proxy/src/accounts/account-pool.js';
import { AccountProbes } from '../../apps/proxy/src/accounts/account-probes.js';
import { adminApi, adminTokenOf } from '../support/admin-api.js';
import { startHookedLine } from '../support/hooked-line.js';
import { postMessage } from '../support/post-message.js';
import { eventually } from '../support/recorded.js';
import { runCcp } from '../support/run-ccp.js';
import type { RunningGateway } from '../support/start-gateway.js';
import { startTasks, type Tasks } from '../support/start-tasks.js';

const KEYS = ['sk-ant-one', 'sk-ant-two', 'sk-ant-three'];
const OWNERS = [...KEYS, 'sk-ant-added'].map((key) => ({
  id: `org-${key.slice(7)}`,
  workspaces: [{ id: `wrk-${key.slice(7)}`, keys: [key] }],
}));

let tasks: Tasks;
const first = adminApi(() => tasks.first);
beforeAll(async () => {
  tasks = await startTasks(
    {
      ANTHROPIC_API_KEY: '',
      ANTHROPIC_API_KEYS: KEYS.map((key) => `${key.slice(7)}=${key}`).join(','),
      ENCRYPTION_KEY: 'k'.repeat(32),
    },
    { organizations: OWNERS },
  );
  await Promise.all([tasks.first, tasks.second].map(({ app }) => app.get(AccountProbes).settled()));
});
afterAll(() => tasks.close());

const access = ({ app }: RunningGateway) => ({ CCP_TOKEN: adminTokenOf({ app }) });
const turn = async (gateway: RunningGateway, session: string, isLater = false) => {
  const messages = [{ role: 'user', content: 'hello' }];
  if (isLater) messages.push({ role: 'assistant', content: 'hi' }, { role: 'user', content: 'go on' });
  const answer = await postMessage(gateway, { apiKey: null, headers: { 'x-session-id': session }, body: { messages } });
  expect(answer.status).toBe(200);
  return answer.headers.get('x-claude-proxy-account');
};
const namesIn = ({ app }: RunningGateway) => app.get(AccountPool).list.all.map(({ name }) => name);

describe('accounts on several tasks', () => {
  it('P2: a session goes to the same account in every task, also where it was moved to another one', async () => {
    const sessions = Array.from({ length: 30 }, (_, index) => `s${index}`);
    const homes: (string | null)[] = [];
    for (const session of sessions) homes.push(await turn(tasks.first, session));
    const escapes = tasks.first.app.get(AccountPool).sessions.escapes;
    expect(escapes).toBeGreaterThan(0);
    await eventually(
      async () => tasks.second.app.get(AccountPool).sessions.escapes,
      (known) => known === escapes,
    );
    const again: (string | null)[] = [];
    for (const session of sessions) again.push(await turn(tasks.second, session, true));
    expect(again).toEqual(homes);
  });

  it('P11: are added, paused and removed in all of them within 5 seconds', async () => {
    const within = async (isDone: () => boolean) => {
      const startedAt = performance.now();
      await eventually(async () => isDone(), Boolean);
      return (performance.now() - startedAt) / 1_000;
    };
    const added = await first.post('/api/accounts', { name: 'added', key: 'sk-ant-added' });
    expect(added.status).toBe(201);
    expect(await within(() => namesIn(tasks.second).includes('added'))).toBeLessThan(5);
    const { id } = added.json.account;
    const other = tasks.second.app.get(AccountPool).list;
    expect(other.ownersOf(other.withId(id)!)).toMatchObject({ organization: 'organization:org-added' });
    await first.ask(`/api/accounts/${id}`, { method: 'PATCH', body: JSON.stringify({ state: 'paused' }) });
    expect(await within(() => other.withId(id)?.operatorState === 'paused')).toBeLessThan(5);
    await first.ask(`/api/accounts/${id}`, { method: 'DELETE' });
    expect(await within(() => !namesIn(tasks.second).includes('added'))).toBeLessThan(5);
  });

  it('C10: are paused by `ccp` on every task within 5 seconds', async () => {
    const { CCP_TOKEN } = access(tasks.first);
    const onFirst = { env: { CCP_URL: tasks.first.url, CCP_TOKEN } };
    const onSecond = { env: { CCP_URL: tasks.second.url, CCP_TOKEN } };
    expect(await runCcp(['accounts', 'pause', 'one'], onFirst)).toMatchObject({ exit: 0 });
    const startedAt = performance.now();
    const stateOf = async () => (await runCcp(['accounts', 'show', 'one', '--json'], onSecond)).json.state;
    expect(await eventually(stateOf, (state) => state === 'paused')).toBe('paused');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    // At once, by the task that has not read the change by itself.
    expect((await runCcp(['accounts', 'resume', 'one'], onSecond)).exit).toBe(0);
  });

  it('C10: a second operator in between ends `ccp` with 7, and the change of neither is lost', async () => {
    const { CCP_TOKEN } = access(tasks.first);
    const onSecond = { env: { CCP_URL: tasks.second.url, CCP_TOKEN } };
    const line = await startHookedLine(tasks.first.url, async () => {
      expect((await runCcp(['accounts', 'change', 'two', '--weight', '3'], onSecond)).exit).toBe(0);
    });
    const onFirst = { env: { CCP_URL: line.url, CCP_TOKEN } };
    expect(await runCcp(['accounts', 'change', 'two', '--priority', '9'], onFirst)).toMatchObject({
      exit: 7,
      stderr: expect.stringContaining('changed by another operator in the meantime; nothing was written'),
    });
    const shown = async () => (await runCcp(['accounts', 'show', 'two', '--json'], onSecond)).json;
    expect(await shown()).toMatchObject({ weight: 3, priority: 100 });
    expect((await runCcp(['accounts', 'change', 'two', '--priority', '9'], onFirst)).exit).toBe(0);
    await eventually(shown, ({ priority }) => priority === 9);
    expect(await shown()).toMatchObject({ weight: 3, priority: 9 });
    await line.close();
  });

  it('count what they served exactly, in all tasks together', async () => {
    const second = adminApi(() => tasks.second);
    await Promise.all([first.written(), second.written()]);
    const { accounts } = (await first.ask('/api/accounts')).json;
    const sum = accounts.reduce((total: number, { requests }: { requests: number }) => total + requests, 0);
    expect(sum).toBe(60);
  });
});
