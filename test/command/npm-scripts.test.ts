import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('a script of package.json', () => {
  /** A redirect empties the file before the build, which may fail. */
  it('holds nothing that cmd.exe does not have, and no redirect', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const script of Object.values(scripts)) {
      expect(script).not.toMatch(/['`$;>\\]|(^|&& )(exec|cd|rm|cp|export|[A-Z_]+=)\b/);
    }
  });
});

/** A clone with three of the libraries, the command line and the dashboard. */
describe('a build', () => {
  let clone: string;
  const COPIED = [
    '.swcrc',
    'tsconfig.json',
    'apps/cli',
    'apps/dashboard',
    'bin',
    'docs/openapi.json',
    'libs',
    'package.json',
    'scripts',
  ];
  const UP_TO_DATE = { code: 0, stdout: '', stderr: 'Build: nothing has changed\n' };

  const build = async (...args: string[]) => {
    const child = spawn(process.execPath, ['scripts/build.mjs', ...args], { cwd: clone });
    const [stdout, stderr] = [[], []] as string[][];
    child.stdout.setEncoding('utf8').on('data', (text: string) => stdout!.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr!.push(text));
    const [code] = (await once(child, 'close')) as [number];
    return { code, stdout: stdout!.join(''), stderr: stderr!.join('') };
  };
  const built = (names: string) => ({
    code: 0,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^Build: ${names}, \\d+\\.\\d s\\n$`)),
  });
  /** As an editor does that saves a file. */
  const change = (path: string) => utimes(join(clone, path), new Date(), new Date());

  beforeAll(async () => {
    clone = await mkdtemp(join(tmpdir(), 'claude-proxy-clone-'));
    for (const path of COPIED) cpSync(join(ROOT, path), join(clone, path), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
    const nest = JSON.parse(await readFile(join(ROOT, 'nest-cli.json'), 'utf8'));
    const names = ['admin-api', 'admin-client', 'claude-models', 'cli'];
    const projects = Object.fromEntries(names.map((name) => [name, nest.projects[name]]));
    await writeFile(join(clone, 'nest-cli.json'), JSON.stringify({ ...nest, projects }));
  });
  afterAll(() => rm(clone, { recursive: true, force: true }));

  it('compiles everything at first, and nothing where nothing has changed since', async () => {
    expect(await build()).toEqual(built('everything'));
    expect(await build()).toEqual(UP_TO_DATE);
  });

  it('compiles what has changed, and what is made of it', async () => {
    await change('libs/claude-models/src/index.ts');
    expect(await build()).toEqual(built('claude-models'));
    await change('apps/dashboard/src/app.tsx');
    expect(await build()).toEqual(built('dashboard'));
    await change('libs/admin-api/src/live.ts');
    expect(await build()).toEqual(built('admin-api, bundle, dashboard'));
    await change('apps/cli/src/core/version.ts');
    expect(await build()).toEqual(built('cli, bundle'));
    await change('.swcrc');
    expect(await build()).toEqual(built('admin-api, admin-client, claude-models, cli, bundle'));
    expect(await build()).toEqual(UP_TO_DATE);
  });

  it('does not count a unit spec', async () => {
    await change('apps/dashboard/src/route.spec.ts');
    expect(await build()).toEqual(UP_TO_DATE);
  });

  it('compiles what is missing in the output, and everything for --all', async () => {
    await rm(join(clone, 'dist/libs/claude-models/src/index.js'));
    expect(await build()).toEqual(built('claude-models'));
    expect(await build('--all')).toEqual(built('everything'));
  });

  it('fails with what the compiler wrote, again and again until the fault is gone', async () => {
    const path = join(clone, 'libs/admin-api/src/live.ts');
    const source = await readFile(path, 'utf8');
    await writeFile(path, `${source}\nexport const = 1;\n`);
    for (const _ of [1, 2]) {
      const { code, stderr } = await build();
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^The build failed\.\n(.*\n)*.*libs\/admin-api\/src\/live\.ts/),
      ]);
      expect(stderr).not.toContain('build-changed.mjs');
    }
    await writeFile(path, source);
    expect(await build()).toEqual(built('admin-api, bundle, dashboard'));
  });

  it('waits for another build of the same clone, but not for one whose process was killed', async () => {
    await change('libs/claude-models/src/index.ts');
    const outputs = await Promise.all([build(), build()]);
    expect(outputs.map(({ stderr }) => stderr.replace(/, \d.*/, '')).sort()).toEqual([
      'Build: claude-models\n',
      'Build: nothing has changed\n',
    ]);
    await mkdir(join(clone, 'dist'), { recursive: true });
    const ended = spawn(process.execPath, ['-e', '0']);
    await once(ended, 'close');
    await writeFile(join(clone, 'dist/.building'), String(ended.pid));
    expect(await build()).toEqual(UP_TO_DATE);
  });
});
