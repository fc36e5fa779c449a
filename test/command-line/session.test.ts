import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi, adminTokenOf } from '../support/admin-api.js';
import { runCcp } from '../support/run-ccp.js';
import { type Pool, startPool } from '../support/start-pool.js';

const FILE = new URL('../../docs/command-line-session.txt', import.meta.url);
const LINES = [
  'status',
  'accounts list',
  'accounts pause acme-1',
  'accounts resume acme-1',
  'logs --last 3',
  'why ID',
  'stats models',
  'stats sessions',
  'budgets set user:alice --usd-day 20',
  'limits',
  'fallback',
  'doctor',
];

let pool: Pool;
let home: string;
const { written } = adminApi(() => pool.gateway);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ccp-session-'));
  pool = await startPool({ ANTHROPIC_API_KEYS: 'acme-1=sk-ant-acme-1,beta-1=sk-ant-beta-1' });
  for (const [index, user] of ['alice', 'bob', 'minji'].entries()) await pool.turn(`session-${index + 1}`, { user });
  await written();
}, 60_000);
afterAll(async () => {
  await pool.close();
  rmSync(home, { recursive: true, force: true });
});

/** Without what differs in each run: ids, times, counts of milliseconds, the port, and the padding behind them. */
const stable = (text: string) =>
  text
    .replace(/exc_\w+|req_\w+|msg_\w+/g, 'ID')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, 'DAY')
    .replace(/\d\d:\d\d:\d\d/g, 'TIME')
    .replace(/(in )?[\d.]+(ms|s|m|h|d)( \d+[mh])?( ago)?\b|\bnow\b/g, 'TIME')
    .replace(/ +/g, ' ');

async function played(): Promise<string> {
  const env = { CCP_URL: pool.gateway.url, CCP_TOKEN: adminTokenOf(pool.gateway), NO_COLOR: '1' };
  const { json } = await runCcp(['logs', '--json'], { home, env });
  const parts: string[] = [];
  for (const line of LINES) {
    const words = line.replace('ID', json.requests[0].id).split(' ');
    const { exit, stdout, stderr } = await runCcp(words, { home, env, isTerminal: true });
    parts.push(`$ ccp ${words.join(' ')}\n${stderr}${stdout}${exit === 0 ? '' : `(exit code ${exit})\n`}`);
  }
  return parts.join('\n').replaceAll(pool.gateway.url, 'http://127.0.0.1:8080').replace(/ +$/gm, '');
}

describe('the session in docs/command-line.md', () => {
  it('is what the commands print; RECORD=1 records it anew', async () => {
    const text = await played();
    if (process.env.RECORD) writeFileSync(FILE, text);
    expect(stable(text)).toBe(stable(readFileSync(FILE, 'utf8')));
  });
});
