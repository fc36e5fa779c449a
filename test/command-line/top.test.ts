import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answer } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { eventually } from '../support/recorded.js';
import { runCcp } from '../support/run-ccp.js';
import { type Stage, startStage } from '../support/start-stage.js';

const CCP = fileURLToPath(new URL('../../bin/ccp.js', import.meta.url));
const TOKEN = 'admin-token-of-the-test';
const PATIENCE_MS = 25_000;
const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[?25h\x1b[?1049l';

let stage: Stage;
let directory: string;
const { written } = adminApi(() => stage.gateway);
const environment = () => ({
  PATH: process.env.PATH!,
  HOME: directory,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  CCP_URL: stage.gateway.url,
  CCP_TOKEN: TOKEN,
});

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ccp-top-'));
  stage = await startStage({ ADMIN_TOKEN: TOKEN });
  await postMessage(stage.gateway, { user: 'alice' });
  await written();
}, 60_000);
/** A test that fails must not leave a terminal open: the run would wait for it. */
afterEach(() => Terminal.closeAll());
afterAll(async () => {
  await stage.close();
  rmSync(directory, { recursive: true, force: true });
});

/** `ccp top` in a terminal made by `script`, between two looks at the settings of the terminal. */
class Terminal {
  private static readonly opened = new Set<Terminal>();
  private text = '';

  private constructor(private readonly child: ChildProcess) {
    Terminal.opened.add(this);
    child.stdout!.setEncoding('utf8').on('data', (more: string) => {
      this.text += more;
    });
  }

  static open(columns: number, rows: number, variables = ''): Terminal {
    const command = [
      `stty cols ${columns} rows ${rows}`,
      `stty -g > ${directory}/before`,
      `sh -c 'echo $$ > ${directory}/pid; exec env ${variables.replaceAll("'", '"')} "${process.execPath}" "${CCP}" top'`,
      `echo "exit $?"`,
      `stty -g > ${directory}/after`,
    ].join('; ');
    return new Terminal(
      spawn('script', ['-qefc', command, '/dev/null'], { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] }),
    );
  }

  static async closeAll(): Promise<void> {
    await Promise.all([...Terminal.opened].map((terminal) => terminal.close()));
    Terminal.opened.clear();
  }

  /** `script` ends its program with itself. */
  private async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    // A stopped program gets no other signal.
    process.kill(Number(readFileSync(join(directory, 'pid'), 'utf8')), 'SIGKILL');
    this.child.kill('SIGKILL');
    await once(this.child, 'close');
  }

  async shows(pattern: RegExp | string): Promise<string> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const found = () => (typeof pattern === 'string' ? this.text.includes(pattern) : pattern.test(this.text));
    while (!found()) {
      await once(this.child.stdout!, 'data', { signal }).catch(() => {
        throw new Error(`no ${pattern} in: ${JSON.stringify(this.text)}`);
      });
    }
    return this.text;
  }

  /** As a window manager does: the kernel signals the programs of the terminal. */
  resize(columns: number, rows: number): void {
    const pid = readFileSync(join(directory, 'pid'), 'utf8').trim();
    spawnSync('stty', ['-F', readlinkSync(`/proc/${pid}/fd/1`), 'cols', String(columns), 'rows', String(rows)]);
  }

  private get hasLeft(): boolean {
    return this.text.endsWith(LEAVE) || this.text.lastIndexOf(LEAVE) > this.text.lastIndexOf(ENTER);
  }

  /** `script` forwards what the program has written a moment later. */
  async leaves(): Promise<void> {
    while (!this.hasLeft) await once(this.child.stdout!, 'data');
  }

  async entersAgain(): Promise<void> {
    while (this.hasLeft) await once(this.child.stdout!, 'data');
  }

  press(keys: string): void {
    this.child.stdin!.write(keys);
  }

  async ended(): Promise<string> {
    if (this.child.exitCode === null) await once(this.child, 'close');
    return this.text;
  }
}

/** `T` is stopped. */
const stateOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]![0];
const isRestored = () =>
  readFileSync(join(directory, 'before'), 'utf8') === readFileSync(join(directory, 'after'), 'utf8');

const hasScript = spawnSync('script', ['--version']).status === 0;
(hasScript ? describe : describe.skip)('ccp top in a terminal', () => {
  it('C6: shows requests as they end, their stories and the keys, and leaves the terminal as it was', async () => {
    const terminal = Terminal.open(100, 30);
    await terminal.shows(ENTER);
    await terminal.shows(/alice/);
    stage.anthropic.script(answer({ text: 'word '.repeat(100), chunkDelayMs: 100 }));
    const streamed = postMessage(stage.gateway, { user: 'streamer', isStream: true });
    await terminal.shows(/Streams in flight/);
    await terminal.shows(/streamer .*tokens\/s/);
    await streamed;
    await postMessage(stage.gateway, { user: 'joon' });
    await terminal.shows(/joon/);
    terminal.press('\r');
    await terminal.shows(/Try 1: anthropic answered/);
    terminal.press('\x1b');
    terminal.press('?');
    await terminal.shows('Keys of ccp top');
    terminal.press('q');
    await terminal.shows('All well');
    terminal.press('q');
    expect(await terminal.ended()).toMatch(/exit 0/);
    expect((await terminal.ended()).indexOf(LEAVE)).toBeGreaterThan(0);
    expect(isRestored()).toBe(true);
  }, 60_000);

  it('C6: fills the terminal after a change of its size, and again after a stop', async () => {
    const terminal = Terminal.open(80, 24);
    await terminal.shows(/alice/);
    terminal.resize(200, 60);
    await terminal.shows('\x1b[60;1H');
    const pid = Number(readFileSync(join(directory, 'pid'), 'utf8'));
    terminal.press('\x1a');
    await eventually(
      async () => stateOf(pid),
      (state) => state === 'T',
    );
    await terminal.leaves();
    process.kill(pid, 'SIGCONT');
    await terminal.entersAgain();
    terminal.press('q');
    expect(await terminal.ended()).toMatch(/exit 0/);
    expect(isRestored()).toBe(true);
  }, 60_000);

  it('C6: leaves the terminal as it was after an error outside of its code, and shows the error then', async () => {
    const terminal = Terminal.open(
      80,
      24,
      `NODE_OPTIONS='--import=data:text/javascript,setTimeout(()=>{throw(Error(42))},1500)'`,
    );
    await terminal.shows(ENTER);
    const text = await terminal.ended();
    expect(text).toMatch(/exit 1/);
    expect(text.indexOf('ccp failed: Error: 42')).toBeGreaterThan(text.lastIndexOf(LEAVE));
    expect(isRestored()).toBe(true);
  }, 60_000);

  it('C6: leaves the terminal as it was after SIGTERM', async () => {
    const terminal = Terminal.open(80, 24);
    await terminal.shows(/alice/);
    const pid = readFileSync(join(directory, 'pid'), 'utf8');
    process.kill(Number(pid), 'SIGTERM');
    expect(await terminal.ended()).toContain(LEAVE);
    expect(isRestored()).toBe(true);
  }, 60_000);
});

describe('ccp top without a terminal', () => {
  it('C7: prints one frame without an escape sequence, and ends', async () => {
    const { exit, stdout } = await runCcp(['top'], { home: directory, env: environment() });
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^ccp top/);
    expect(stdout).toContain('alice');
    expect(stdout).not.toContain('\x1b');
  });
});
