import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { CCP, CcpProcess, type ProcessResult } from '../support/ccp-process.js';
import { outputFaults } from '../support/output-schemas.js';
import { postMessage } from '../support/post-message.js';
import { eventually } from '../support/recorded.js';
import { type Stage, startStage } from '../support/start-stage.js';

/** Of no form that a pattern would find. */
const TOKEN = 'canary-token-of-the-operator';
const KEY = 'sk-ant-api03-canary-of-the-account';
/** Prints what the process has loaded, at its end. */
const LOADED = `data:text/javascript,import{registerHooks}from'node:module';const urls=[];registerHooks({load(url,c,n){urls.push(url);return n(url,c)}});process.on('exit',()=>process.stderr.write(urls.join(String.fromCharCode(10))))`;
/** Throws outside of every command. */
const CRASH = `data:text/javascript,setTimeout(()=>{throw new Error('found '+process.env.CCP_TOKEN+' and ${KEY}')},300)`;

let stage: Stage;
let home: string;
const { written } = adminApi(() => stage.gateway);
const env = (more: Record<string, string> = {}) => ({
  HOME: home,
  CCP_URL: stage.gateway.url,
  CCP_TOKEN: TOKEN,
  ...more,
});
const ccp = (line: string, more: Record<string, string> = {}, stdin = ''): Promise<ProcessResult> =>
  CcpProcess.start(line.split(' '), env(more), stdin).result();

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ccp-process-'));
  stage = await startStage({ ADMIN_TOKEN: TOKEN });
  await postMessage(stage.gateway, { user: 'alice' });
  await postMessage(stage.gateway, { user: 'bob' });
  await written();
}, 60_000);
afterAll(async () => {
  await stage.close();
  rmSync(home, { recursive: true, force: true });
});

describe('the start of ccp', () => {
  it('C1: loads the command line, the client of the admin API and commander, and nothing else', async () => {
    const modules = async (line: string) => {
      const { stderr } = await ccp(line, { NODE_OPTIONS: `--import="${LOADED}"` });
      return stderr.split('\n').filter((url) => url.startsWith('file:'));
    };
    const [help, status] = await Promise.all([modules('--help'), modules('status')]);
    for (const urls of [help, status]) {
      expect(urls.length).toBeLessThan(6);
      expect(urls.filter((url) => !/\/(bin\/ccp\.js|dist\/apps\/cli\/bundle\/.*)$/.test(url))).toEqual([]);
      // The parts that only their own command needs.
      expect(urls.filter((url) => /top-session|findings|collect-facts/.test(url))).toEqual([]);
    }
    const bundle = fileURLToPath(new URL('../../dist/apps/cli/bundle', import.meta.url));
    const parts = globSync('**/*.js.map', { cwd: bundle }).flatMap(
      (name) => JSON.parse(readFileSync(join(bundle, name), 'utf8')).sources as string[],
    );
    expect(parts.length).toBeGreaterThan(50);
    const own = /(\/src\/|libs\/admin-(api|client)\/|node_modules\/commander\/)/;
    expect(parts.filter((part) => !own.test(part) && !part.includes('rolldown/runtime'))).toEqual([]);
  });

  it('C1: loads no `fetch`, the slowest part of Node, and no other part that its command does not need', async () => {
    const builtIn = `data:text/javascript,process.on('exit',()=>process.stderr.write(process.moduleLoadList.join(String.fromCharCode(10))))`;
    const { exit, stderr } = await ccp('status', { NODE_OPTIONS: `--import="${builtIn}"` });
    expect(exit).toBe(0);
    expect(stderr).toContain('NativeModule _http_client');
    expect(stderr.match(/NativeModule (internal\/deps\/undici|http2|readline|crypto)\b.*/g)).toBeNull();
  });
});

describe('a secret', () => {
  it('C3: is in no argument, output, debug output, crash report or file of a command', async () => {
    const texts: string[] = [];
    const note = async (result: Promise<ProcessResult>) => {
      const { stdout, stderr } = await result;
      texts.push(stdout, stderr);
      return result;
    };
    const [added, unknown, listed, wrong] = await Promise.all([
      note(ccp('accounts add --name prod --debug', {}, KEY)),
      note(ccp('why exc_nothing --debug')),
      note(ccp('accounts list --json --debug')),
      note(ccp('limits --debug', { CCP_URL: 'http://127.0.0.1:9' })),
    ]);
    expect(added.stderr).toMatch(
      /^debug: gateway: .* \(CCP_URL\), token: CCP_TOKEN\n(.*\n)*debug: POST \/api\/accounts: 201 in /,
    );
    expect(unknown.stderr).toMatch(/debug: AdminApiError: /);
    expect(JSON.parse(listed.stdout)).toHaveProperty('accounts');
    expect(wrong.stderr).toMatch(/debug: GET \/api\/limits: no answer in /);
    const crash = await note(ccp('logs --follow', { NODE_OPTIONS: `--import="${CRASH}"` }));
    expect(crash).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^Error: ccp failed: Error: found \[hidden\] and /),
    });
    expect(texts.join('')).not.toContain('canary');
  });

  it('C3: is not in the arguments of a running command, as `ps` shows them', async () => {
    const follow = CcpProcess.start(['logs', '--follow'], env());
    await follow.hasPrinted('alice');
    expect(readFileSync(`/proc/${follow.child.pid}/cmdline`, 'utf8').split('\0').slice(1, -1)).toEqual([
      CCP,
      'logs',
      '--follow',
    ]);
    follow.child.kill('SIGINT');
    expect(await follow.result()).toMatchObject({ exit: 130, stderr: '' });
  });

  it('C3: is kept by `login` in one file that others cannot read, and nowhere else in the home directory', async () => {
    expect((await ccp(`login --url ${stage.gateway.url}`, { CCP_TOKEN: '' }, `${TOKEN}\n`)).exit).toBe(0);
    await Promise.all([
      ccp('statusline --refresh', { CCP_TOKEN: '' }),
      ccp('complete -- users show x', { CCP_TOKEN: '' }),
    ]);
    const files = globSync('**/*', { cwd: home, exclude: [] }).concat(globSync('.*/**/*', { cwd: home }));
    const paths = files.map((name) => join(home, name)).filter((path) => statSync(path).isFile());
    const holding = paths.filter((path) => readFileSync(path, 'utf8').includes('canary'));
    expect(holding).toEqual([join(home, '.config/ccp/config.json')]);
    for (const path of paths) expect([path, statSync(path).mode & 0o077]).toEqual([path, 0]);
    expect((await ccp('logout', { CCP_TOKEN: '' })).exit).toBe(0);
  });
});

describe('a pipe', () => {
  it('C5: whose reader has enough ends `logs --follow` at once, with 0 and without a trace', async () => {
    const script = `set -o pipefail; "${process.execPath}" "${CCP}" logs --follow --json | head -1; echo "exit $?"`;
    const { stdout, stderr } = await CcpProcess.startProgram('bash', ['-c', script], env()).result();
    const [line, exit] = stdout.trimEnd().split('\n');
    expect(outputFaults('logs --follow', JSON.parse(line!))).toEqual([]);
    expect([exit, stderr]).toEqual(['exit 0', '']);
  });
});

describe('ccp config check', () => {
  it('C2, C4: ends with 2 and its schema for settings that are not valid, and reads .env as a start does', async () => {
    writeFileSync(join(home, '.env'), 'PORT=none\n');
    const { exit, stdout } = await ccp('config check --json');
    expect([exit, outputFaults('config check', JSON.parse(stdout))]).toEqual([2, []]);
    expect(JSON.parse(stdout)).toMatchObject({ valid: false, faults: [expect.stringContaining('PORT')] });
    rmSync(join(home, '.env'));
  });
});

const has = (shell: string) => {
  try {
    return execFileSync('which', [shell]).length > 0;
  } catch {
    return false;
  }
};
/** What a person would do: load the completion, write the beginning of a line, press Tab. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of bash
const WORDS = '"${COMPREPLY[@]}"';
const TABS: Readonly<Record<string, string>> = {
  bash: `source <(ccp completion bash); COMP_WORDS=(ccp users show al); COMP_CWORD=3; _ccp; printf "%s\\n" ${WORDS}`,
  zsh: 'autoload -Uz compinit; compinit -D -u; source <(ccp completion zsh); compadd() { shift; print -l -- "$@" }; words=(ccp users show al); CURRENT=4; _ccp',
  fish: "ccp completion fish | source; complete -C 'ccp users show al'",
};

describe('completion', () => {
  beforeAll(() =>
    writeFileSync(join(home, 'ccp'), `#!/bin/sh\nexec "${process.execPath}" "${CCP}" "$@"\n`, { mode: 0o755 }),
  );

  for (const [shell, script] of Object.entries(TABS)) {
    (has(shell) ? it : it.skip)(
      `C11: proposes live names in ${shell}, and is silent with the gateway away`,
      async () => {
        const tab = (more: Record<string, string>) =>
          CcpProcess.startProgram(
            shell,
            ['-c', script],
            env({ PATH: `${home}:${process.env.PATH}`, ...more }),
          ).result();
        // A busy machine needs the second Tab, with the names that were read in the background.
        const there = await eventually(
          () => tab({}),
          ({ stdout }) => stdout.trim() !== '',
        );
        expect([there.stdout.trim(), there.stderr]).toEqual(['alice', '']);
        const away = await tab({ CCP_URL: 'http://127.0.0.1:9' });
        expect([away.stdout.trim(), away.stderr]).toEqual(['', '']);
      },
    );
  }
});
