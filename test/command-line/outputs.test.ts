import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../apps/cli/src/commands.js';
import { adminApi, adminTokenOf } from '../support/admin-api.js';
import { OUTPUT_NAMES, outputFaults } from '../support/output-schemas.js';
import { type CcpOptions, runCcp } from '../support/run-ccp.js';
import { type Pool, startPool } from '../support/start-pool.js';

/** One line per command, in this order: later lines use what earlier ones have made. */
const LINES: readonly (readonly [line: string, options?: CcpOptions])[] = [
  ['status'],
  ['doctor'],
  ['doctor --billed --yes --models claude-opus-5-5'],
  ['top'],
  ['logs'],
  ['why ID'],
  ['explain --model claude-opus-5-5'],
  ['accounts list'],
  ['accounts add --name spare', { stdin: 'sk-ant-gamma' }],
  ['accounts show spare'],
  ['accounts pause spare'],
  ['accounts resume spare'],
  ['accounts drain spare'],
  ['accounts change spare --priority 7'],
  ['accounts probe acme-1'],
  ['accounts limits'],
  ['accounts remove spare --yes'],
  ['stats accounts'],
  ['keys create --name laptop --user 준호 --roles user'],
  ['keys list'],
  ['keys show laptop'],
  ['keys rotate laptop'],
  ['keys revoke laptop --yes'],
  ['budgets set user:alice --usd-day 20 --tokens-month 1000 --on-store-loss closed'],
  ['budgets statement'],
  ['budgets list'],
  ['budgets show user:alice'],
  ['budgets override user:alice --usd 5'],
  ['budgets explain alice'],
  ['budgets remove user:alice --yes'],
  ['stats daily'],
  ['stats hourly'],
  ['stats models'],
  ['stats upstreams'],
  ['stats users'],
  ['stats sessions'],
  ['teams set core --users alice,준호'],
  ['teams list'],
  ['teams remove core --yes'],
  ['users list'],
  ['users show alice'],
  ['limits list'],
  ['limits clear alice --dry-run'],
  ['fallback off --reason costs --yes'],
  ['fallback status'],
  ['fallback on'],
  ['drills start --user bob --for 9s'],
  ['drills list'],
  ['drills stop DRILL'],
  ['masking preview', { stdin: 'arn:aws:iam::123456789012:role/admin' }],
  ['masking rules'],
  ['prices show'],
  ['prices check'],
  ['audit'],
  ['config show'],
  ['connect --dry-run'],
  ['env'],
  ['statusline --refresh'],
  ['profiles list'],
  ['profiles use none'],
  ['completion bash'],
  ['complete accounts'],
  ['version'],
];
/** Their outputs are looked at in other tests: a program of its own, a saved token, a stream. */
const ELSEWHERE = ['error', 'config check', 'events', 'login', 'logout', 'logs --follow'];

let pool: Pool;
let home: string;
const { written } = adminApi(() => pool.gateway);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ccp-outputs-'));
  pool = await startPool({ ANTHROPIC_API_KEYS: 'acme-1=sk-ant-acme-1,beta-1=sk-ant-beta-1' });
  await pool.turn('session-1', { user: 'alice' });
  await written();
}, 60_000);
afterAll(async () => {
  await pool.close();
  rmSync(home, { recursive: true, force: true });
});

const ccp = (line: string, options: CcpOptions = {}) =>
  runCcp(line.split(' '), {
    home,
    env: { CCP_URL: pool.gateway.url, CCP_TOKEN: adminTokenOf(pool.gateway) },
    ...options,
  });
const nameOf = (line: string) =>
  OUTPUT_NAMES.filter((name) => `${line} `.startsWith(`${name} `)).sort(
    (left, right) => right.length - left.length,
  )[0]!;

describe('an output under --json', () => {
  it('C2: of every command is as its schema in docs/command-line.schema.json says, field by field', async () => {
    const made: Record<string, string> = { ID: (await ccp('logs --json')).json.requests[0].id, DRILL: '' };
    const faults: string[] = [];
    for (const [line, options] of LINES) {
      const words = line.replace(/\b(ID|DRILL)\b/, (word) => made[word]!);
      const name = nameOf(line);
      const { json, stdout, stderr } = await ccp(words.replace(name, `${name} --json`), options);
      if (name === 'drills start') made.DRILL = json?.id;
      if (json === undefined || json.error?.code) faults.push(`${line}: ${stdout}${stderr}`);
      else faults.push(...outputFaults(name, json));
    }
    expect(faults).toEqual([]);
  });

  it('lists the requests of one session, of one account and of one team', async () => {
    const { rows } = (await ccp('stats sessions --json')).json;
    expect(rows).toMatchObject([{ name: 'session-1', user: 'alice', requests: 1, errors: 0 }]);
    const usersOf = async (option: string) =>
      (await ccp(`logs ${option} --json`)).json.requests.map(({ user }: { user: string }) => user);
    expect(await usersOf('--session session-1')).toEqual(['alice']);
    expect(await usersOf('--session other')).toEqual([]);
    expect(await usersOf('--account acme-1,beta-1')).toEqual(['alice']);
    expect(await usersOf('--team core')).toEqual([]);
    expect((await ccp('stats sessions --days 7 --user bob')).stdout).toMatch(/^No request/);
  });

  it('prints the statement of a month for a spreadsheet, and refuses what is not a month', async () => {
    await ccp('budgets set user:carol --usd-day 20');
    await pool.turn('session-2', { user: 'carol' });
    await written();
    const { stdout } = await ccp('budgets statement --csv');
    expect(stdout).toMatch(/^month,kind,name,usd,assumed_usd,tokens,requests\r\n\d{4}-\d\d,/);
    expect((await ccp('budgets statement')).stdout).toMatch(
      /^SCOPE\tREQUESTS\tTOKENS\tCOST\tASSUMED\n(.*\n)*user:carol\t1\t/,
    );
    expect((await ccp('budgets statement --month 2020-01')).stdout).toMatch(/^The statement of 2020-01 is empty: /);
    expect(await ccp('budgets statement --month 2026-13')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--month is "2026-13", which is not a month'),
    });
  });

  it('is an event per line as the gateway reports it, of the types that are asked for', async () => {
    const end = new AbortController();
    const started = { count: 0 };
    const starting = setInterval(() => {
      started.count += 1;
      void ccp(`drills start --user listener-${started.count} --for 9s`);
    }, 200);
    const run = ccp('events --json --type drill.started,loop.detected', {
      signal: end.signal,
      onOutput: () => end.abort(),
    });
    const { exit, stdout } = await run.finally(() => clearInterval(starting));
    const event = JSON.parse(stdout.split('\n')[0]!);
    expect([exit, outputFaults('events', event), event.type]).toEqual([130, [], 'drill.started']);
    expect(await ccp('events --type loops')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--type is "loops", which is not a type of event'),
    });
  });

  it('C2: has a schema for every command that has an output', () => {
    const described = new Set([...LINES.map(([line]) => nameOf(line)), ...ELSEWHERE]);
    expect([...described].toSorted()).toEqual(OUTPUT_NAMES.toSorted());
    const without = COMMANDS.map(({ name }) => name).filter((name) => !OUTPUT_NAMES.includes(name));
    expect(without).toEqual(['run', 'serve', 'api']);
  });

  it('C2: is an error as its schema says, for every command with a wrong option', async () => {
    for (const { name } of COMMANDS.filter(({ passesThrough }) => !passesThrough)) {
      const { exit, json } = await ccp(`${name} --no-such-option --json`);
      expect([name, exit, outputFaults('error', json)]).toEqual([name, 2, []]);
    }
  });
});
