import { constants } from 'node:os';
import { usageError } from '../core/cli-error.js';
import type { CommandSpec } from '../core/command.js';
import { CLIENT_OPTIONS, variablesOf } from './env.command.js';

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
/** As shells have it. */
const NOT_FOUND = 127;

export const runProgram: CommandSpec = {
  name: 'run',
  summary: 'start a program with the variables of `ccp env`: ccp run -- claude',
  details: 'Signals go to the program, and its exit code is that of the command.',
  arguments: [{ name: '<command...>', text: 'the program and its arguments, after --' }],
  options: CLIENT_OPTIONS,
  passesThrough: true,
  async run(context, input) {
    const [program, ...args] = input.args;
    if (program === undefined) throw usageError('The program is missing', 'An example: ccp run -- claude');
    const variables = await variablesOf(context, input);
    return { json: undefined, text: [], exit: await exitOf(program, args, { ...context.world.env, ...variables }) };
  },
};

function exitOf(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: 'inherit' });
    const forward = (signal: NodeJS.Signals) => void child.kill(signal);
    // A terminal sends Ctrl-C to the program, too: it decides what that means.
    const ignore = () => {};
    for (const signal of FORWARDED) process.on(signal, forward);
    process.on('SIGINT', ignore);
    const release = () => {
      for (const signal of FORWARDED) process.off(signal, forward);
      process.off('SIGINT', ignore);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      release();
      if (error.code !== 'ENOENT') return reject(error);
      process.stderr.write(`Error: the program "${program}" was not found.\n`);
      resolve(NOT_FOUND);
    });
    child.once('exit', (code, signal) => {
      release();
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}
