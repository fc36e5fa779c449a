/**
 * `node scripts/run.mjs [--no-build] [--in FOLDER] [flags of Node] PROGRAM [arguments]`: builds what has changed, then runs
 * the program in place of this process. npm scripts start programs with it, because it needs no shell: `exec`, quotes
 * and `cd` are not the same in sh and cmd.exe.
 */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNewEnough, launch, QUIET_FLAGS, ROOT } from '../bin/launcher.js';

const args = process.argv.slice(2);
if (isNewEnough()) await run();
else launch(fileURLToPath(import.meta.url), args, []);

async function run() {
  if (!take('--no-build')) {
    const { buildChangedOrExit } = await import('./build-changed.mjs');
    await buildChangedOrExit();
  }
  const folder = take('--in') ? args.shift() : '.';
  const flags = [];
  while (args[0]?.startsWith('-')) flags.push(args.shift());
  const program = resolve(ROOT, args.shift());
  process.chdir(join(ROOT, folder));
  launch(program, args, [...QUIET_FLAGS, ...flags]);
}

function take(option) {
  return args[0] === option && args.shift() !== undefined;
}
