import { homedir } from 'node:os';
import { onReaderEnd } from './core/closed-pipe.js';
import { EXIT } from './core/exit-codes.js';
import { run } from './core/run.js';
import { withoutSecrets } from './core/secrets.js';
import type { World } from './core/world.js';

/** Runs the command line of this process and ends it with the exit code. */
export async function main(args: readonly string[], launch: World['launch']): Promise<void> {
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  process.once('uncaughtException', reportCrash);
  // The reader of a pipe has enough: `ccp logs --follow | head -1` ends quietly.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', exitOnClosedPipe);
  if (args.includes('--follow') || args.includes('-f') || args.includes('events'))
    onReaderEnd(() => process.exit(EXIT.fine));
  const exit = await run(args, {
    env: process.env,
    home: homedir(),
    directory: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: Date.now,
    ageMs: () => performance.now(),
    signal: interruption.signal,
    launch,
    startAgain,
  });
  process.exitCode = exit;
  // An open connection or the prompt of a terminal must not hold the process.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exit)));
}

/** Written after every other listener of the exit, so that `top` has given the terminal back. */
function reportCrash(error: unknown): void {
  process.once('exit', () => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${withoutSecrets(`Error: ccp failed: ${text}`, process.env.CCP_TOKEN)}\n`);
  });
  process.exit(EXIT.gatewayFailure);
}

function startAgain(args: readonly string[]): void {
  const program = process.argv[1];
  if (program === undefined) return;
  const { spawn } = process.getBuiltinModule('node:child_process');
  spawn(process.execPath, [program, ...args], { detached: true, stdio: 'ignore' }).unref();
}

function exitOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}
