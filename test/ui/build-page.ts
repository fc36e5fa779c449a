import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = join(ROOT, 'apps/dashboard');
const BUILT = join(ROOT, 'dist/apps/dashboard');
const run = promisify(execFile);

/** Builds the page where it is older than its sources. Moved into place whole: other tests start gateways meanwhile. */
export async function buildPage(): Promise<void> {
  const shell = join(BUILT, 'index.html');
  if (existsSync(shell) && newestIn(join(SOURCES, 'src')) < statSync(shell).mtimeMs) return;
  const fresh = `${BUILT}.${process.pid}`;
  const config = join(SOURCES, 'vite.config.ts');
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  await run(process.execPath, [vite, 'build', '--config', config, '--outDir', fresh, '--logLevel', 'warn']);
  await rm(BUILT, { recursive: true, force: true });
  // Whoever else built it at the same time has built the same.
  await rename(fresh, BUILT).catch(() => rm(fresh, { recursive: true, force: true }));
}

function newestIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((name) => statSync(join(folder, name)).mtimeMs));
}
