import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../apps/cli/src/commands.js';
import { commandLinePage } from '../../apps/cli/src/docs/command-line-page.js';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type CcpOptions, runCcp } from '../support/run-ccp.js';
import { type Stage, startStage } from '../support/start-stage.js';

const TOKEN = 'ccp-admin-canary-of-the-test';
const CANARY = 'sk-ant-api03-canary-of-the-test';

let stage: Stage;
let home: string;
const printed: string[] = [];
const { written } = adminApi(() => stage.gateway);
const ccp = async (line: string, options: CcpOptions = {}) => {
  const env = { CCP_URL: stage.gateway.url, CCP_TOKEN: TOKEN, ...options.env };
  const result = await runCcp(line.split(' '), { home, ...options, env });
  printed.push(result.stdout, result.stderr);
  return result;
};

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ccp-test-'));
  stage = await startStage({ ADMIN_TOKEN: TOKEN });
}, 60_000);
afterAll(async () => {
  await stage.close();
  rmSync(home, { recursive: true, force: true });
});

describe('ccp accounts', () => {
  it('C9: adds a key from the standard input, lists it, and takes its name or the beginning of it', async () => {
    const added = await ccp('accounts add --name prod --priority 5', { stdin: `${CANARY}\n` });
    expect(added).toMatchObject({ exit: 0, stdout: expect.stringContaining('Added prod') });
    const file = join(home, 'key.txt');
    writeFileSync(file, `${CANARY}-two\n`);
    expect((await ccp(`accounts add --name spare --from-file ${file} --json`)).json.account).toMatchObject({
      name: 'spare',
    });
    expect((await ccp('accounts list')).stdout).toMatch(/^NAME\tID\t[\s\S]*\nprod\t/);
    expect((await ccp('accounts show pro')).stdout).toMatch(/^Name\tprod\n/);
    expect(await ccp('accounts show x')).toMatchObject({ exit: 3, stderr: expect.stringContaining('Known: ') });
    expect(await ccp('accounts show 1')).toMatchObject({ exit: 3 });
  });

  it('C10: says what pause, drain, resume and a priority do', async () => {
    expect((await ccp('accounts pause prod')).stdout).toMatch(
      /^prod is paused on all tasks within 5 s: .*0 sessions will move/,
    );
    expect(
      (await ccp('accounts list --json')).json.accounts.find(({ name }: { name: string }) => name === 'prod').state,
    ).toBe('paused');
    expect((await ccp('accounts resume prod')).stdout).toContain('takes new sessions');
    expect((await ccp('accounts drain prod')).stdout).toContain('takes no new sessions');
    expect((await ccp('accounts change prod --priority 200')).stdout).toMatch(/spare outrank it/);
  });

  it('C8: removes after a confirmation only', async () => {
    expect(await ccp('accounts remove spare')).toMatchObject({ exit: 2, stderr: expect.stringContaining('--yes') });
    expect((await ccp('accounts remove spare --yes --json')).json).toMatchObject({ removed: true });
  });
});

describe('ccp keys and budgets', () => {
  it('creates a key whose text is all of the standard output, and revokes it', async () => {
    const created = await runCcp(
      'keys create --name laptop --user joon --roles user --expires-in 90d --concurrency 4'.split(' '),
      {
        home,
        env: { CCP_URL: stage.gateway.url, CCP_TOKEN: TOKEN },
      },
    );
    expect(created).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^ccp_\S+\n$/),
      stderr: expect.stringContaining('only time'),
    });
    expect((await ccp('keys list')).stdout).toMatch(/\tlaptop\tjoon\t/);
    expect((await ccp('keys show laptop')).stdout).toContain('concurrency 4');
    expect((await ccp('keys revoke laptop --yes')).stdout).toContain('refused on all tasks');
    expect(await ccp('keys create --name x --user y --roles root')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('root'),
    });
  });

  it('sets, explains, raises and removes a budget', async () => {
    expect((await ccp('budgets set user:joon --usd-day 20 --tokens-month 1000000')).stdout).toContain('$20.00 per day');
    expect((await ccp('budgets override user:joon --usd 5 --for 8h')).stdout).toMatch(
      /may spend \$5\.00 more; the raise ends in (7h|8h)/,
    );
    expect((await ccp('budgets explain joon --json')).json).toMatchObject({
      user: 'joon',
      spent: [],
      budgets: [{ scope: 'user:joon' }],
    });
    expect((await ccp('budgets remove user:joon --yes')).exit).toBe(0);
    expect(await ccp('budgets set user:joon')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--usd-day 20'),
    });
  });

  it('shows what masking would replace in a text', async () => {
    const { json } = await ccp('masking preview --json', { stdin: 'arn:aws:iam::123456789012:role/admin' });
    expect(json.matches.length).toBeGreaterThan(0);
    expect((await ccp('masking rules --json')).json.rules.length).toBeGreaterThan(50);
  });
});

describe('a profile', () => {
  it('C3: is saved after its token was accepted, for this user only, and used from then on', async () => {
    const url = stage.gateway.url;
    const wrong = await runCcp(['login', '--url', url], { home, stdin: 'wrong-token' });
    expect(wrong).toMatchObject({ exit: 4, stderr: expect.stringContaining('nothing was saved') });
    const login = await runCcp(['login', '--url', url, '--profile', 'prod'], { home, stdin: TOKEN });
    expect(login).toMatchObject({ exit: 0, stdout: expect.stringContaining('role admin') });
    const path = join(home, '.config/ccp/config.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await runCcp(['profiles'], { home })).stdout).toBe(`PROFILE\tADDRESS\tTOKEN\n* prod\t${url}\tkept\n`);
    expect((await runCcp(['limits', '--json'], { home })).json).toEqual({ limits: [] });
    expect((await runCcp(['logout'], { home })).exit).toBe(0);
    expect(readFileSync(path, 'utf8')).not.toContain(TOKEN);
    printed.push(wrong.stderr, login.stdout, login.stderr);
  });
});

describe('ccp for a client', () => {
  it('shows the difference, writes the settings of Claude Code, and takes back that and nothing else', async () => {
    const path = join(home, '.claude/settings.json');
    mkdirSync(join(home, '.claude'), { recursive: true });
    writeFileSync(path, JSON.stringify({ model: 'opus', env: { ANTHROPIC_BASE_URL: 'http://old', OTHER: '1' } }));
    const asked = await ccp('connect --user joon --pool');
    expect(asked).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('- env.ANTHROPIC_BASE_URL = http://old\n+ env.ANTHROPIC_BASE_URL = http'),
    });
    expect((await ccp('connect --user joon --pool --yes --json')).json).toMatchObject({ changed: true });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      model: 'opus',
      env: { ANTHROPIC_BASE_URL: `${stage.gateway.url}/user/joon`, ANTHROPIC_AUTH_TOKEN: 'any-key', OTHER: '1' },
    });
    expect((await ccp('connect --undo --yes')).exit).toBe(0);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      model: 'opus',
      env: { ANTHROPIC_BASE_URL: 'http://old', OTHER: '1' },
    });
    writeFileSync(path, '{ broken');
    expect(await ccp('connect --yes')).toMatchObject({ exit: 2, stderr: expect.stringContaining('not a JSON object') });
    expect(readFileSync(path, 'utf8')).toBe('{ broken');
  });

  it('starts a program with the variables, and has its exit code', async () => {
    const check = 'process.exit(process.env.ANTHROPIC_BASE_URL.endsWith("/user/joon") ? 7 : 1)';
    const env = { CCP_URL: stage.gateway.url };
    expect((await runCcp(['run', '--user', 'joon', '--', process.execPath, '-e', check], { home, env })).exit).toBe(7);
    expect(
      (await runCcp(['run', '--', process.execPath, '-e', 'process.kill(process.pid, "SIGTERM")'], { home, env })).exit,
    ).toBe(143);
  });

  it('has a status line from its cache, which is refreshed in the background', async () => {
    const started: (readonly string[])[] = [];
    const startAgain = (args: readonly string[]) => void started.push(args);
    expect((await ccp('statusline', { startAgain })).stdout).toBe('gateway ...\n');
    expect(started).toEqual([['statusline', '--refresh', '--url', stage.gateway.url]]);
    const fresh = await ccp('statusline --refresh');
    expect(fresh.stdout).toMatch(/^gateway.* \| 0 in flight \| \$/);
    expect((await ccp('statusline', { startAgain })).stdout).toBe(fresh.stdout);
    expect(started).toHaveLength(1);
  });

  it('C11: completes live names, and is silent where no gateway answers', async () => {
    await postMessage(stage.gateway, { user: 'alice' });
    await written();
    expect(
      (
        await runCcp(['complete', '--', 'accounts', 'show', 'p'], {
          home,
          env: { CCP_URL: stage.gateway.url, CCP_TOKEN: TOKEN },
        })
      ).stdout,
    ).toBe('prod\n');
    expect(
      (
        await runCcp(['complete', '--', 'users', 'show', 'al'], {
          home,
          env: { CCP_URL: stage.gateway.url, CCP_TOKEN: TOKEN },
        })
      ).stdout,
    ).toBe('alice\n');
    const away = await runCcp(['complete', '--', 'users', 'show', ''], {
      home,
      env: { CCP_URL: 'http://127.0.0.1:9' },
    });
    expect(away).toMatchObject({ exit: 0, stdout: '', stderr: '' });
  });
});

describe('all outputs', () => {
  it('C3: have no secret in them', () => {
    expect(printed.length).toBeGreaterThan(30);
    for (const text of printed) expect(text).not.toMatch(/canary-of-the-test/);
  });

  it('are described on the generated page: docs/command-line.md', () => {
    expect(readFileSync('docs/command-line.md', 'utf8')).toBe(
      commandLinePage(COMMANDS, readFileSync('docs/command-line-session.txt', 'utf8')),
    );
  });
});
