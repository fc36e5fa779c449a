import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../core/cli-error.js';
import { EXIT } from '../core/exit-codes.js';

const OTHERS = 0o077;
const HAS_PERMISSIONS = process.platform !== 'win32';

/**
 * A file with secrets; undefined if it is missing.
 *
 * @throws CliError if others can read it
 */
export function readPrivateFile(path: string): string | undefined {
  const text = readIfPresent(path);
  if (text === undefined) return undefined;
  const mode = statSync(path).mode & 0o777;
  if (HAS_PERMISSIONS && (mode & OTHERS) !== 0) {
    throw new CliError(
      EXIT.usage,
      `${path} has the permissions ${mode.toString(8)}: others can read the secrets in it`,
      `Allow only yourself to read it: chmod 600 ${path}`,
    );
  }
  return text;
}

/** Undefined for a file that is missing or that this user may not read. */
export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EISDIR') return undefined;
    throw error;
  }
}

/** Written whole, then renamed, so that no process reads half of it. */
export function writePrivateFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, path);
}
