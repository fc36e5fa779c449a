import { hkdfSync, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

const FILE_NAME = 'encryption-key';
const KEY_BYTES = 32;
const MIN_CHARACTERS = 32;
const MAX_FILE_BYTES = 1_024;
const OTHERS = 0o077;
const HAS_PERMISSIONS = process.platform !== 'win32';

/** Why keys cannot be encrypted. The message says what to do. */
export class EncryptionKeyError extends Error {
  override readonly name = 'EncryptionKeyError';
}

/** @throws EncryptionKeyError for a text that is too short to be a secret */
export function encryptionKeyOf(text: string): Buffer {
  if (text.length < MIN_CHARACTERS) {
    throw new EncryptionKeyError(`ENCRYPTION_KEY has ${text.length} characters; at least ${MIN_CHARACTERS} are needed`);
  }
  return Buffer.from(hkdfSync('sha256', text, '', 'claude-code-proxy accounts', KEY_BYTES));
}

/**
 * Reads the key in a directory, or creates it. Unlike an admin token it is never replaced: what it has encrypted would be
 * lost.
 *
 * @throws EncryptionKeyError
 */
export function openEncryptionKeyFile(directory: string): Buffer {
  const path = join(resolve(directory), FILE_NAME);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return encryptionKeyOf(read(path) ?? created(path) ?? read(path) ?? '');
  } catch (error) {
    if (error instanceof EncryptionKeyError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EncryptionKeyError(`${path} cannot be read or written (${code ?? message})`);
  }
}

/** Undefined if the file is missing. Does not follow a link. */
function read(path: string): string | undefined {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  let descriptor: number;
  try {
    descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { mode } = fstatSync(descriptor);
    if (HAS_PERMISSIONS && (mode & OTHERS) !== 0) {
      const permissions = (mode & 0o777).toString(8);
      throw new EncryptionKeyError(`${path} has the permissions ${permissions}, which let others read it; set 600`);
    }
    const bytes = Buffer.alloc(MAX_FILE_BYTES);
    return bytes.toString('latin1', 0, readSync(descriptor, bytes)).trim();
  } finally {
    closeSync(descriptor);
  }
}

/** Complete or missing, never half. Undefined if another process was first. */
function created(path: string): string | undefined {
  const text = randomBytes(KEY_BYTES).toString('hex');
  const beside = `${path}.${randomBytes(4).toString('hex')}`;
  const descriptor = openSync(beside, 'wx', 0o600);
  try {
    writeSync(descriptor, `${text}\n`);
    closeSync(descriptor);
    linkSync(beside, path);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    unlinkSync(beside);
  }
}
