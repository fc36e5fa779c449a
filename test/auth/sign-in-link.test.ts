import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';

const START = fileURLToPath(new URL('../../bin/start.js', import.meta.url));
const LINK = /(http:\/\/[\d.:]+)\/ui\/#token=(ccp-once-[\w-]+)/;
const TOKEN = /ccp-admin-[\w-]+/;
const PATIENCE_MS = 50_000;

let directory: string;
let terminal: ChildProcess | undefined;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claude-proxy-link-'));
});
afterEach(async () => {
  if (terminal?.exitCode === null) {
    terminal.kill('SIGTERM');
    await once(terminal, 'close');
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Starts a gateway in a terminal made by `script`; resolves with its text once the pattern occurs. */
async function startInTerminal(until: RegExp, environment: Record<string, string> = {}): Promise<string> {
  const command = `exec "${process.execPath}" "${START}"`;
  const env = { PATH: process.env.PATH, PORT: '0', FALLBACK_CHAIN: 'anthropic', DATA_DIR: directory, ...environment };
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  terminal = child;
  let text = '';
  const signal = AbortSignal.timeout(PATIENCE_MS);
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  while (!until.test(text)) {
    await once(child.stdout, 'data', { signal }).catch(() => {
      throw new Error(`no ${until} in: ${text}`);
    });
  }
  return text;
}

const hasScript = spawnSync('script', ['--version']).status === 0;
(hasScript ? describe : describe.skip)('in a terminal', () => {
  it('the first start shows a link that signs in once, and the admin token', async () => {
    const text = await startInTerminal(TOKEN);
    const [, url, code] = LINK.exec(text)!;
    const signIn = () => fetch(`${url}/api/session`, { method: 'POST', body: JSON.stringify({ token: code }) });
    expect([(await signIn()).status, (await signIn()).status]).toEqual([200, 401]);
    expect(TOKEN.exec(text)![0]).toBe((await readFile(join(directory, 'admin-token'), 'utf8')).trim());
  });

  it('a later start shows a new link, and no token', async () => {
    expect(await startInTerminal(LINK)).not.toMatch(TOKEN);
  });

  it.each([
    ['JSON lines', { LOG_FORMAT: 'json' }],
    ['warnings only', { LOG_LEVEL: 'warn', FORCE_RATE_LIMIT: 'true' }],
  ])('a start that writes %s shows neither', async (_name, environment) => {
    const text = await startInTerminal(/FORCE_RATE_LIMIT|State:/, environment);
    expect(text).not.toMatch(/ccp-/);
  });
});

describe('without a terminal', () => {
  it.each(['json', 'pretty'])('a first start shows neither link nor token: LOG_FORMAT=%s', async (LOG_FORMAT) => {
    const DATA_DIR = await mkdtemp(join(directory, 'data-'));
    const gateway = await BuiltGateway.started({ LOG_FORMAT, DATA_DIR });
    const { stdout, stderr } = await gateway.stop();
    expect(stdout + stderr).toContain(join(DATA_DIR, 'admin-token'));
    expect(stdout + stderr).not.toMatch(/ccp-|#token=/);
  });
});
