import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT } from '../bin/launcher.js';

const DIST = join(ROOT, 'dist');
const LOCK = join(DIST, '.building');
const LOCK_POLL_MS = 50;
const execute = promisify(execFile);
const runTool = (tool, ...args) =>
  execute(process.execPath, [join(ROOT, 'node_modules', tool), ...args], { cwd: ROOT });

/** What the builds of all projects depend on. */
const SETTINGS = ['.swcrc', 'nest-cli.json', 'tsconfig.json'];
const DASHBOARD = {
  name: 'dashboard',
  sources: () => filesOf('apps/dashboard/{src/**/*,vite.config.ts}', 'libs/admin-{api,client}/src/**/*.ts'),
  outputs: () => ['dist/apps/dashboard/index.html'],
};
/** Made of the compiled files: `bin/ccp.js` runs it. */
const BUNDLE = {
  name: 'bundle',
  sources: () => [
    ...filesOf('{apps/cli,libs/admin-api,libs/admin-client}/src/**/*.ts', 'apps/cli/vite.config.ts'),
    ...SETTINGS,
  ],
  outputs: () => ['dist/apps/cli/bundle/main.js'],
};
/** Made of the compiled files: `bin/start.js` runs it. A clone may lack the gateway. */
const GATEWAY = {
  name: 'gateway',
  sources: () => [
    ...filesOf('{apps/proxy,libs/*}/src/**/*.ts', 'apps/proxy/vite.config.ts'),
    ...SETTINGS,
    'package-lock.json',
  ],
  outputs: () => ['dist/apps/proxy/bundle/main.js'],
};
/** Served by the gateway. */
const DOCUMENT = {
  name: 'openapi',
  sources: () => ['docs/openapi.json'],
  outputs: () => ['dist/docs/openapi.json'],
};

/**
 * Builds each project of `nest-cli.json`, and the dashboard, if a source is newer than the output, as `make` does. SWC
 * compiles each file alone, so a project never depends on the sources of another project.
 *
 * @throws Error with the output of the compiler
 */
export async function buildChanged({ isWhole = false } = {}) {
  await takeLock();
  try {
    const all = [...serverProjects(), ...bundles(), DASHBOARD, DOCUMENT];
    const changed = isWhole ? all : all.filter(isStale);
    if (changed.length === 0) return report('Build: nothing has changed');
    const startedMs = performance.now();
    const servers = changed.filter((each) => ![BUNDLE, GATEWAY, DASHBOARD, DOCUMENT].includes(each));
    await Promise.all([buildServer(servers).then(() => buildBundles(changed)), buildPage(changed)]);
    if (changed.includes(DOCUMENT)) copyDocument();
    const names = changed.length === all.length ? 'everything' : changed.map(({ name }) => name).join(', ');
    report(`Build: ${names}, ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
  } catch (error) {
    throw new Error(`The build failed.\n${error.stdout ?? ''}${error.stderr ?? error.stack}`);
  } finally {
    rmSync(LOCK, { force: true });
  }
}

/** For a program: a failed build ends it. */
export async function buildChangedOrExit(options) {
  await buildChanged(options).catch((error) => {
    report(error.message.trimEnd());
    process.exit(1);
  });
}

function serverProjects() {
  const { projects } = JSON.parse(readFileSync(join(ROOT, 'nest-cli.json'), 'utf8'));
  return Object.entries(projects).map(([name, { sourceRoot }]) => {
    const files = filesOf(`${sourceRoot}/**/*.ts`);
    return {
      name,
      sources: () => [...files, ...SETTINGS],
      outputs: () => files.map((path) => join('dist', path.replace(/\.ts$/, '.js'))),
    };
  });
}

function bundles() {
  return existsSync(join(ROOT, 'apps/proxy')) ? [BUNDLE, GATEWAY] : [BUNDLE];
}

function isStale({ sources, outputs }) {
  const oldestOutputMs = Math.min(...outputs().map((path) => changedAtMs(path) ?? 0));
  return sources().some((path) => changedAtMs(path) > oldestOutputMs);
}

function filesOf(...patterns) {
  return globSync(patterns, { cwd: ROOT }).filter((path) => /\.\w+$/.test(path) && !path.endsWith('.spec.ts'));
}

function changedAtMs(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs;
}

async function buildServer(changed) {
  if (changed.length === 0) return;
  await runTool('@nestjs/cli/bin/nest.js', 'build', ...changed.map(({ name }) => name), '-b', 'swc');
}

async function buildBundles(changed) {
  if (changed.includes(BUNDLE)) await runVite('apps/cli/vite.config.ts', 'apps/cli/bundle');
  if (changed.includes(GATEWAY)) await runVite('apps/proxy/vite.config.ts', 'apps/proxy/bundle');
}

async function buildPage(changed) {
  if (changed.includes(DASHBOARD)) await runVite('apps/dashboard/vite.config.ts', 'apps/dashboard');
}

/** Moved into place whole: a gateway that runs meanwhile serves the old page or the new one. */
async function runVite(config, output) {
  const place = join(DIST, output);
  const fresh = `${place}.new`;
  await runTool('vite/bin/vite.js', 'build', '--config', join(ROOT, config), '--outDir', fresh, '--logLevel', 'warn');
  await rm(place, { recursive: true, force: true });
  await rename(fresh, place);
}

function copyDocument() {
  mkdirSync(join(DIST, 'docs'), { recursive: true });
  copyFileSync(join(ROOT, 'docs/openapi.json'), join(DIST, 'docs/openapi.json'));
}

/** One build at a time. */
async function takeLock() {
  mkdirSync(DIST, { recursive: true });
  for (;;) {
    try {
      return writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isAbandoned()) rmSync(LOCK, { force: true });
      else await sleep(LOCK_POLL_MS);
    }
  }
}

/** The process that took the lock was killed. */
function isAbandoned() {
  try {
    return !process.kill(Number(readFileSync(LOCK, 'utf8')), 0);
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** On standard error: the standard output is the program's. */
function report(line) {
  process.stderr.write(`${line}\n`);
}
