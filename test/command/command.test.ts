import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BIN = join(ROOT, 'bin/claude-code-proxy.js');

let directory: string;
let running: ChildProcess | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claude-proxy-command-'));
}, 60_000);
afterEach(() => {
  running?.kill('SIGKILL');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const start = (
  flags: readonly string[],
  environment: Record<string, string> = {},
  bin = BIN,
  nodeFlags: readonly string[] = [],
) => {
  const env = { PATH: process.env.PATH, HOME: directory, AWS_EC2_METADATA_DISABLED: 'true', ...environment };
  const child = spawn(process.execPath, [...nodeFlags, bin, ...flags], { cwd: directory, env });
  running = child;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return {
    ended: once(child, 'close').then(([code]) => ({ code, output })),
    async hasSaid(pattern: RegExp): Promise<RegExpExecArray> {
      for (let attempt = 0; attempt < 2_000; attempt += 1) {
        const match = pattern.exec(output);
        if (match) return match;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error(`never said ${pattern}: ${output}`);
    },
    stop: (signal: NodeJS.Signals = 'SIGTERM') => child.kill(signal),
  };
};

describe('claude-code-proxy', () => {
  it('listens on the port of its flag, prints how to connect, and exits with code 0', async () => {
    const command = start(['--port', '0'], { PORT: '1' });
    const [, url] = await command.hasSaid(/ANTHROPIC_BASE_URL=(http:\/\/127\.0\.0\.1:\d+)\/user\/YOUR_NAME claude/);
    await command.hasSaid(/OpenAI tools +base URL http.*\/user\/YOUR_NAME\/v1, key YOUR_ANTHROPIC_API_KEY/);
    await command.hasSaid(/No ANTHROPIC_API_KEY is set: every client has to bring its own key/);
    await command.hasSaid(/State: .*\n\nConnect\n/);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    command.stop();
    const { code, output } = await command.ended;
    expect(code).toBe(0);
    expect(output).not.toContain('ExperimentalWarning');
    expect(existsSync(join(directory, '.claude-code-proxy/claude-proxy.db'))).toBe(true);
  });

  it('prints advice if the port is taken', async () => {
    const occupier = createServer().listen(0, '127.0.0.1');
    await once(occupier, 'listening');
    const { port } = occupier.address() as AddressInfo;
    const { code, output } = await start(['--port', String(port)]).ended;
    occupier.close();
    expect(code).toBe(1);
    expect(output).toContain(`Port ${port} is taken`);
    expect(output).toContain(`--port ${port + 1}`);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('names an unknown flag, and an invalid port', async () => {
    const mistyped = await start(['--prot', '1']).ended;
    expect(mistyped).toMatchObject({ code: 2, output: expect.stringContaining("'--prot'") });
    const faulty = await start(['--port', 'x']).ended;
    expect(faulty).toMatchObject({ code: 1, output: expect.stringContaining('PORT is "x"') });
  });

  it('prints help and version', async () => {
    expect(await start(['--help']).ended).toMatchObject({ code: 0, output: expect.stringContaining('--port N') });
    const { version } = JSON.parse(await readFile(join(BIN, '../../package.json'), 'utf8')) as { version: string };
    expect(await start(['--version']).ended).toMatchObject({ code: 0, output: `${version}\n` });
  });
});

describe('its launcher', () => {
  /** A package without a build and without its own Node. */
  const alone = async () => {
    const root = await mkdtemp(join(directory, 'package-'));
    await cp(join(ROOT, 'bin'), join(root, 'bin'), { recursive: true });
    await writeFile(join(root, 'package.json'), '{"type":"module"}');
    return root;
  };

  it.each(['bin/claude-code-proxy.js', 'bin/start.js'])(
    'says what to run where nothing has been built: %s',
    async (bin) => {
      const root = await realpath(await alone());
      const fresh = await start([], {}, join(root, bin)).ended;
      expect(fresh).toEqual({
        code: 1,
        output: `Not built yet. Run this first:\n  cd "${root}" && npm ci && npm run build\n`,
      });
      await mkdir(join(root, 'node_modules'));
      const installed = await start([], {}, join(root, bin)).ended;
      expect(installed.output).toBe(`Not built yet. Run this first:\n  cd "${root}" && npm run build\n`);
    },
  );

  it('gives the gateway the settings of V8 and of the allocator, beside those that it was started with', async () => {
    const root = await alone();
    const main = join(root, 'dist/apps/proxy/src/main.js');
    await mkdir(dirname(main), { recursive: true });
    await writeFile(
      main,
      'process.stdout.write(JSON.stringify([process.pid, process.execArgv, process.argv.slice(2), process.env]))',
    );
    const args = ['--stack-size=900', join(root, 'bin/start.js'), '--port', '1'];
    const env = { MALLOC_ARENA_MAX: '4' };
    const { pid, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    const flags = ['--stack-size=900', '--max-semi-space-size=8', '--disable-warning=ExperimentalWarning'];
    const variables = { MALLOC_ARENA_MAX: '4', MALLOC_MMAP_THRESHOLD_: '262144' };
    expect(JSON.parse(stdout)).toEqual([pid, flags, ['--port', '1'], expect.objectContaining(variables)]);
  });

  it('runs the joined files, and the single ones where modules of a team share some of them', async () => {
    const root = await alone();
    for (const main of ['dist/apps/proxy/src/main.js', 'dist/apps/proxy/bundle/main.js']) {
      await mkdir(dirname(join(root, main)), { recursive: true });
      await writeFile(join(root, main), `process.stdout.write('${main}')`);
    }
    const run = (env: Record<string, string> = {}) =>
      spawnSync(process.execPath, [join(root, 'bin/start.js')], { cwd: root, encoding: 'utf8', env }).stdout;
    expect(run()).toBe('dist/apps/proxy/bundle/main.js');
    expect(run({ UPSTREAM_MODULES: './acme.mjs' })).toBe('dist/apps/proxy/src/main.js');
    await writeFile(join(root, '.env'), 'export UPSTREAM_MODULES=./acme.mjs\n');
    expect(run()).toBe('dist/apps/proxy/src/main.js');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'forwards a signal, and ends as the program does, where a process cannot be replaced: %s',
    async (signal) => {
      const withoutExecve = ['--import', 'data:text/javascript,process.execve=undefined'];
      const command = start(['--port', '0'], {}, BIN, withoutExecve);
      await command.hasSaid(/Connect\n/);
      command.stop(signal);
      const { code, output } = await command.ended;
      expect([code, output]).toEqual([0, expect.stringContaining(`${signal}: draining`)]);
    },
  );

  const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return stdout && Number(/^v(\d+)/.exec(stdout)?.[1]) < 24;
  });
  const itWithOldNode = oldNode ? it : it.skip;

  itWithOldNode('says which Node it needs on an older one', async () => {
    const root = await alone();
    await cp(join(ROOT, 'scripts'), join(root, 'scripts'), { recursive: true });
    for (const program of ['bin/claude-code-proxy.js', 'bin/start.js', 'scripts/run.mjs', 'scripts/build.mjs']) {
      const { status, stderr } = spawnSync(oldNode!, [join(root, program)], { encoding: 'utf8' });
      expect(status).toBe(1);
      expect(stderr).toMatch(/^Claude Code Proxy needs Node 24 or newer; this is v\d+/);
      expect(stderr).toMatch(/\n {2}cd ".*" && npm ci && npm run build\n$/);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  itWithOldNode('says so where an older Node runs the built gateway itself', () => {
    const main = join(ROOT, 'dist/apps/proxy/src/main.js');
    const { status, stdout, stderr } = spawnSync(oldNode!, [main], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Claude Code Proxy needs Node 24 or newer; this is v\d+\S+\. Start it with "node bin.*\n$/);
  });

  itWithOldNode('uses the Node of the project if it has one', () => {
    const env = { PATH: process.env.PATH, HOME: directory };
    const { status, stdout } = spawnSync(oldNode!, [BIN, '--version'], { encoding: 'utf8', env });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });
});
