import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isNewEnough, launch, launchGateway, QUIET_FLAGS, ROOT } from './launcher.js';

const CLI = join(ROOT, 'dist/apps/cli/bundle/main.js');
const CCP = join(fileURLToPath(import.meta.url), '../ccp.js');
/** `top` runs for days: with a small young generation it stays under 90 MiB. V8 takes the size at its start only. */
const TOP_FLAGS = ['--max-semi-space-size=1', ...QUIET_FLAGS];
const COMMANDS = join(ROOT, 'dist/apps/proxy/src/command');

/** Runs in this process: starting another one would take longer than most commands. */
export async function runCommandLine(args) {
  if (!isNewEnough()) return launch(CCP, args, QUIET_FLAGS);
  if (args[0] === 'top' && !process.execArgv.includes(TOP_FLAGS[0])) return launch(CCP, args, TOP_FLAGS);
  if (!existsSync(CLI)) return launch(CLI, args, QUIET_FLAGS);
  const { main } = await import(pathToFileURL(CLI).href);
  await main(args, startProgram);
}

export function serve(args) {
  return launchGateway('command/claude-code-proxy.js', args);
}

/** In place of this process. */
export function startProgram(program, args) {
  if (program === 'serve') return serve(args);
  return launch(join(COMMANDS, 'check-configuration.js'), args, QUIET_FLAGS);
}
