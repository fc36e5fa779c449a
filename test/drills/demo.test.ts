import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AdminClient } from '@claude-proxy/admin-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const DEMO = fileURLToPath(new URL('../../dist/test/drills/demo.js', import.meta.url));

let directory: string;
let demo: ChildProcess;
let admin: AdminClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claude-proxy-demo-test-'));
  const env = { PATH: process.env.PATH, PORT: '0', TMPDIR: directory };
  demo = spawn(process.execPath, [DEMO], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of demo.stdout!.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.includes('Ctrl-C')) break;
  }
  admin = new AdminClient({ baseUrl: /http:\/\/[\d.:]+/.exec(text)![0], token: 'demo' });
});
afterAll(async () => {
  demo.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

describe('the demo', () => {
  it('has months of cost with a forecast, savings, fallbacks and a model without a price', async () => {
    const { totals, month } = await admin.money({ days: 30 });
    expect(month.forecast_usd).toBeGreaterThanOrEqual(month.cost_usd!);
    expect(month.previous_cost_usd).toBeGreaterThan(1_000);
    expect(totals.cache_saved_usd).toBeGreaterThan(totals.cost_usd);
    expect(totals.fallback_cost_usd).toBeGreaterThan(100);
    expect(totals.unpriced_requests).toBeGreaterThan(100);
  });

  it('has errors of several reasons, users, teams, keys, accounts, and budgets near and at their caps', async () => {
    const { totals, errors } = await admin.figures({ range: '24h' });
    expect(totals.requests).toBeGreaterThan(2_000);
    expect(errors.length).toBeGreaterThan(3);
    const shares = (await admin.budgets()).budgets.flatMap(({ windows }) =>
      windows.map(({ cap, spent }) => spent / cap),
    );
    expect(shares.some((share) => share >= 0.9 && share < 1)).toBe(true);
    expect((await admin.teams()).teams.length).toBeGreaterThan(2);
    expect((await admin.accounts()).accounts.every(({ requests }) => requests > 0)).toBe(true);
  });

  it('has sessions with cache breaks of each frequent reason', async () => {
    const { requests } = await admin.requests({ cache_break: '*', limit: 200 });
    const kinds = new Set(requests.map(({ cache_break }) => cache_break));
    expect([...kinds]).toEqual(
      expect.arrayContaining(['expired', 'tools', 'system', 'settings', 'messages', 'account']),
    );
  });

  it('ends in order on the first signal, and leaves no file', async () => {
    const ended = once(demo, 'exit');
    demo.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(directory) && (await readdir(directory))).toEqual([]);
  });
});
