import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AnthropicSimulator, answer, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../drills/free-port.js';
import { BuiltGateway } from '../support/built-gateway.js';
import { MESSAGE, postJson } from '../support/post-json.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DATABASE = 'claude-proxy.db';

let anthropic: AnthropicSimulator;
let directory: string;
beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
  anthropic.setDefault(answer());
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claude-proxy-store-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));
afterAll(() => anthropic.close());

const environment = () => ({ ANTHROPIC_UPSTREAM_URL: anthropic.url, DATA_DIR: directory });
const post = (url: string) => postJson(`${url}/user/alice/v1/messages`, MESSAGE);

describe('a file that is not a database', () => {
  it('ends the start with one line and exit code 1', async () => {
    await writeFile(
      join(directory, DATABASE),
      'this is not a database, but it is long enough to be read\n'.repeat(100),
    );
    const { code, stderr } = await (await BuiltGateway.spawn(environment())).ended;
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(directory);
  });
});

describe('two processes on one file', () => {
  it('count every exchange of both', async () => {
    const both = await Promise.all([BuiltGateway.started(environment()), BuiltGateway.started(environment())]);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => post(both[index % 2]!.url)));
    expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(200));
    for (const gateway of both) gateway.signal('SIGTERM');
    expect(await Promise.all(both.map(async ({ ended }) => (await ended).code))).toEqual([0, 0]);
    const third = await BuiltGateway.started(environment());
    const usage = await (await fetch(`${third.url}/v1/usage/me?claude-code-user=alice`)).text();
    await third.stop();
    expect(JSON.parse(usage).summary.total_requests).toBe(40);
  });
});

describe('a disk that is full', () => {
  let child: ChildProcess | undefined;
  afterEach(() => {
    child?.kill('SIGKILL');
  });

  it('stops only counting: requests are answered, and /metrics and the log report it', async () => {
    await (await BuiltGateway.started(environment())).stop();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    // No file may grow beyond 128 KiB; writes past it fail with EFBIG, as they do with ENOSPC on a full disk.
    const command = 'trap "" XFSZ; ulimit -f 128; exec "$0" "$1"';
    child = spawn('bash', ['-c', command, process.execPath, join(ROOT, 'bin/start.js')], {
      cwd: directory,
      env: {
        PATH: process.env.PATH,
        PORT: String(port),
        FALLBACK_CHAIN: 'anthropic',
        THROTTLE_LIMIT: '0',
        ...environment(),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout!.setEncoding('utf8');
    let output = '';
    child.stdout!.on('data', (text: string) => {
      output += text;
    });
    while (!output.includes('State:')) await once(child.stdout!, 'data');
    while (!output.includes('usage cannot be written')) {
      const answers = await Promise.all(Array.from({ length: 25 }, () => post(url)));
      expect(answers.map(({ status }) => status)).toEqual(Array(25).fill(200));
      await Promise.all(answers.map((each) => each.text()));
    }
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await post(url)).status).toBe(200);
    const waiting = /store_queue_exchanges (\d+)/.exec(await (await fetch(`${url}/metrics`)).text())![1];
    expect(Number(waiting)).toBeGreaterThan(0);
  }, 40_000);
});
