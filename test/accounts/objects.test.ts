import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountPool } from '../../apps/proxy/src/accounts/account-pool.js';
import { ORGANIZATIONS, type Pool, startPool } from '../support/start-pool.js';

const FILES_BETA = 'files-api-2025-04-14';

let pool: Pool;
beforeAll(async () => {
  pool = await startPool();
});
afterEach(() => {
  for (const account of pool.gateway.app.get(AccountPool).list.all) pause(account.name, 'active');
  pool.anthropic.reset();
});
afterAll(() => pool.close());

function pause(name: string, operatorState: 'active' | 'paused'): void {
  const { list } = pool.gateway.app.get(AccountPool);
  list.replace(list.all.map((account) => (account.name === name ? { ...account, operatorState } : account)));
}
const ask = (user: string, path: string, init: RequestInit = {}) =>
  fetch(`${pool.gateway.url}/user/${user}${path}`, {
    ...init,
    headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': FILES_BETA },
  });
async function upload(user: string): Promise<{ readonly id: string; readonly account: string }> {
  const body = new FormData();
  body.append('file', new Blob(['text']), 'notes.txt');
  const answer = await ask(user, '/v1/files', { method: 'POST', body });
  expect(answer.status).toBe(200);
  return { ...((await answer.json()) as { id: string }), account: answer.headers.get('x-claude-proxy-account')! };
}
const withFile = (user: string, id: string, session: string) =>
  pool.turn(session, {
    user,
    headers: { 'anthropic-beta': FILES_BETA },
    body: { messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'file', file_id: id } }] }] },
  });
const workspaceOf = (account: string | null | undefined) =>
  ORGANIZATIONS.flatMap(({ workspaces }) => workspaces).find(({ keys }) => keys.includes(`sk-ant-${account}`))!.id;

describe('objects that are made with an account of the pool', () => {
  it('are made at one account per user, and read and deleted there', async () => {
    const users = Array.from({ length: 12 }, (_, index) => `maker-${index}`);
    const accounts = new Set<string>();
    for (const user of users) {
      const { id, account } = await upload(user);
      accounts.add(workspaceOf(account));
      pool.anthropic.reset();
      await ask(user, `/v1/files/${id}`);
      await ask(user, '/v1/files');
      await ask(user, `/v1/files/${id}`, { method: 'DELETE' });
      const asked = pool.anthropic.requests.map(({ credential }) => credential?.replace('sk-ant-', ''));
      expect(asked.map(workspaceOf)).toEqual(Array(3).fill(workspaceOf(account)));
    }
    expect(accounts.size).toBeGreaterThan(1);
  });

  it('take the messages that name them to their workspace, whatever session these belong to', async () => {
    const { id, account } = await upload('alice');
    for (let session = 0; session < 6; session += 1) {
      const answer = await withFile('alice', id, `with a file ${session}`);
      expect(answer.status).toBe(200);
      expect(workspaceOf(answer.headers.get('x-claude-proxy-account'))).toBe(workspaceOf(account));
    }
  });

  it('are out of reach with a clear 409 while their workspace is, and no other account is asked', async () => {
    const { id, account } = await upload('bob');
    const { keys } = ORGANIZATIONS.flatMap(({ workspaces }) => workspaces).find(
      (workspace) => workspace.id === workspaceOf(account),
    )!;
    for (const key of keys) pause(key.replace('sk-ant-', ''), 'paused');
    pool.anthropic.reset();
    const named = await withFile('bob', id, 'a session');
    expect([named.status, named.text]).toEqual([409, expect.stringContaining('belong to the workspace of an account')]);
    const read = await ask('bob', `/v1/files/${id}`);
    expect([read.status, await read.text()]).toEqual([409, expect.stringContaining(`${account} is paused`)]);
    expect(pool.anthropic.requests).toHaveLength(0);
  });

  it('stay those of their user', async () => {
    const { id } = await upload('carol');
    expect((await ask('dave', `/v1/files/${id}`)).status).toBe(404);
    expect((await withFile('dave', id, 'another session')).status).toBe(404);
  });
});
