#!/usr/bin/env node
// Plain JavaScript that old versions of Node can parse, so that they can print what is missing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_MAJOR = 24;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const COMMAND = join(ROOT, 'dist/apps/proxy/src/command/claude-code-proxy.js');
const QUIET = '--disable-warning=ExperimentalWarning';

function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR;
}

/** The Node of our own dependencies: in this folder during development, in a parent folder as a dependency. */
function ownNode() {
  return [join(ROOT, 'node_modules/.bin/node'), join(ROOT, '../.bin/node')].find((path) => existsSync(path));
}

function runAgain(node) {
  const child = spawn(node, [QUIET, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code === null ? 1 : code));
}

function buildCommand() {
  const install = existsSync(join(ROOT, 'node_modules')) ? '' : 'npm ci && ';
  return `cd "${ROOT}" && ${install}npm run build`;
}

function giveUp(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** The embedded store is a part of Node that still warns. A user of the gateway cannot act on that warning. */
function hideExperimentalWarnings() {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.stack}\n`);
  });
}

const node = ownNode();
if (isNewEnough()) {
  if (existsSync(COMMAND)) {
    hideExperimentalWarnings();
    import(pathToFileURL(COMMAND).href).then(({ run }) => run(process.argv.slice(2)));
  } else giveUp(`Not built yet. Run this first:\n  ${buildCommand()}`);
} else if (node && !process.env.CLAUDE_CODE_PROXY_LAUNCHED) {
  process.env.CLAUDE_CODE_PROXY_LAUNCHED = '1';
  runAgain(node);
} else {
  giveUp(
    `Claude Code Proxy needs Node ${NEEDED_MAJOR} or newer; this is ${process.version}. Get it from https://nodejs.org; on Linux this brings it too:\n  ${buildCommand()}`,
  );
}
