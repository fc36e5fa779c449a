import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TriedClient } from './tried-client.js';

/** Outside of the project, whose own dependencies stay as they are. */
export const DEFAULT_CACHE = join(homedir(), '.cache', 'claude-code-proxy', 'clients');
const SCRIPTS = join(import.meta.dirname, '../../../../test/clients/openai/scripts');

export interface Installed {
  readonly version: string;
  program(name: string): string;
}

/** Installs a client unless the cache has it. @throws Error with the words of npm */
export async function install(client: TriedClient, cache: string, isLatest: boolean): Promise<Installed> {
  const folder = join(cache, client.id);
  const packages = client.packages.map((each) => (isLatest ? `${nameOf(each)}@latest` : each));
  const mark = join(folder, 'installed.json');
  const wanted = JSON.stringify(packages);
  if (isLatest || (await readFile(mark, 'utf8').catch(() => '')) !== wanted) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    await npmInstall(folder, packages);
    await writeFile(mark, wanted);
  }
  await cp(SCRIPTS, folder, { recursive: true });
  const name = nameOf(client.packages[0]!);
  const { version } = JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  const program = (file: string) =>
    file.endsWith('.mjs') ? join(folder, file) : join(folder, 'node_modules', '.bin', file);
  return { version, program };
}

function nameOf(each: string): string {
  return each.replace(/(?<=.)@[^@]*$/, '');
}

function npmInstall(folder: string, packages: readonly string[]): Promise<void> {
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--save-exact', ...packages];
  const child = spawn('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`npm install: ${words.slice(0, 400)}`))));
  });
}
