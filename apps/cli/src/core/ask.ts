import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { usageError } from './cli-error.js';
import type { Context, Input } from './command.js';
import { textOption } from './options.js';

const MAX_SECRET_BYTES = 64 * 1024;
const WAYS = 'Give it by --from-env NAME, --from-file PATH, or the standard input.';

/** @throws CliError where no person can answer */
export async function confirm({ world }: Context, input: Input, question: string): Promise<boolean> {
  if (input.options.yes === true) return true;
  if (!isInteractive(world))
    throw usageError(`Without a terminal, a confirmation is needed: ${question}`, 'Add --yes.');
  const answer = await ask(world, `${question} [y/N] `, false);
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * A secret by `--from-env NAME`, `--from-file PATH`, a pipe, or a prompt without echo: never from the command line.
 *
 * @throws CliError
 */
export async function readSecret({ world }: Context, input: Input, label: string): Promise<string> {
  const text = await secretText(world, input, label);
  const secret = text.trim();
  if (secret === '') throw usageError(`The ${label} is empty`, WAYS);
  if (/\s/.test(secret)) throw usageError(`The ${label} has spaces or several lines; give the ${label} alone`);
  return secret;
}

async function secretText(world: Context['world'], input: Input, label: string): Promise<string> {
  const name = textOption(input, 'fromEnv');
  if (name !== undefined) {
    const value = world.env[name];
    if (value) return value;
    throw usageError(`The variable ${name} is not set`);
  }
  const path = textOption(input, 'fromFile');
  if (path !== undefined) return readSecretFile(path);
  if (!world.stdin.isTTY) return readAll(world.stdin);
  if (!world.stderr.isTTY) throw usageError(`The ${label} is missing`, WAYS);
  return ask(world, `${label}: `, true);
}

function readSecretFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

export async function readAll(stdin: Context['world']['stdin'], maxBytes = MAX_SECRET_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) throw usageError(`The standard input is longer than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function isInteractive({ stdin, stderr }: Context['world']): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Written to the standard error: the standard output is data. */
export async function ask(
  { stdin, stderr, signal }: Context['world'],
  question: string,
  isHidden: boolean,
): Promise<string> {
  const { createInterface } = process.getBuiltinModule('node:readline/promises');
  const { Writable: Sink } = process.getBuiltinModule('node:stream');
  stderr.write(question);
  const output = isHidden ? new Sink({ write: (_chunk, _encoding, done) => done() }) : (stderr as unknown as Writable);
  const prompt = createInterface({ input: stdin as unknown as NodeJS.ReadableStream, output, terminal: true });
  try {
    return await prompt.question('', { signal });
  } finally {
    prompt.close();
    if (isHidden) stderr.write('\n');
  }
}
