// Plain JavaScript that old versions of Node can read too, so that they can report what is missing.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { END_WITH_SHELL } from './end-with-shell.js';

const NEEDED_MAJOR = 24;
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The embedded store uses `node:sqlite`, which still prints a warning that an operator cannot act on. */
export const QUIET_FLAGS = ['--disable-warning=ExperimentalWarning'];
/**
 * The settings of V8 for the gateway. Everything that starts it runs a file of this folder, so they stand here only. One
 * more can be set at run time and is: `apps/proxy/src/server/external-memory.ts`.
 */
export const GATEWAY_FLAGS = ['--max-semi-space-size=8', ...QUIET_FLAGS];

/**
 * The settings of glibc's allocator for the gateway, which the environment can overrule. By default freed buffers of large
 * bodies stay with the process, in one heap per thread; with these they are returned to the system.
 */
export const GATEWAY_ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '262144' };

const MODULES_OF_TEAM = 'UPSTREAM_MODULES';

export function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR;
}

/**
 * Runs a program in place of this process, on a Node that is new enough, with the flags of this process and its own. What it
 * returns never settles: the process ends with the program.
 */
export function launch(program, args, flags, environment = process.env) {
  const node = isNewEnough() ? process.execPath : ownNode();
  if (node === undefined) {
    giveUp(
      `Claude Code Proxy needs Node ${NEEDED_MAJOR} or newer; this is ${process.version}. Get it from https://nodejs.org; on Linux this installs it too:\n  ${buildCommand('npm ci && ')}`,
    );
  } else if (existsSync(program)) {
    replaceProcess(node, flags, [program, ...args], environment);
    return new Promise(() => {});
  } else {
    const install = existsSync(join(ROOT, 'node_modules')) ? '' : 'npm ci && ';
    giveUp(`Not built yet. Run this first:\n  ${buildCommand(install)}`);
  }
}

/**
 * The gateway from a few joined files, which load in a third of the time. Modules of a team share modules with the gateway,
 * `@nestjs/common` for one, and need each in a file of its own.
 *
 * @param program a path below `dist/apps/proxy/src`
 */
export function launchGateway(program, args) {
  const joined = join(ROOT, 'dist/apps/proxy/bundle', basename(program));
  const single = join(ROOT, 'dist/apps/proxy/src', program);
  const environment = { ...GATEWAY_ALLOCATOR, ...process.env };
  return launch(existsSync(joined) && !hasModulesOfTeam() ? joined : single, args, GATEWAY_FLAGS, environment);
}

/** Where the `.env` file mentions them, even in a comment, the slower start does no harm. */
function hasModulesOfTeam() {
  try {
    return Boolean(process.env[MODULES_OF_TEAM]) || readFileSync('.env', 'utf8').includes(MODULES_OF_TEAM);
  } catch {
    // Without the file; one that cannot be read is reported by the gateway.
    return false;
  }
}

/** The Node that comes with our own dependencies: beside us in development, above us where we are a dependency. */
function ownNode() {
  return [join(ROOT, 'node_modules/.bin/node'), join(ROOT, '../.bin/node')].find((path) => existsSync(path));
}

/**
 * `execve` keeps the process id, so signals of a terminal or a container reach the program directly, and no second process
 * costs 40 MB. Windows and Node 20 do not have it: there this process waits for the program and forwards signals.
 */
function replaceProcess(node, flags, command, env) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(node, [node, ...withOwnFlags([...END_WITH_SHELL, ...flags]), ...command], env);
    return;
  }
  const child = spawn(node, [...withOwnFlags(flags), ...command], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // On Windows the console sends Ctrl-C to both processes, and `kill` would end the program without a drain.
    process.on(signal, () => process.platform !== 'win32' && child.kill(signal));
  }
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}

/** One launched program may launch another. */
function withOwnFlags(flags) {
  return [...process.execArgv, ...flags.filter((flag) => !process.execArgv.includes(flag))];
}

function buildCommand(install) {
  return `cd "${ROOT}" && ${install}npm run build`;
}

function giveUp(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
