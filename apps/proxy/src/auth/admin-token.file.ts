import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

/** What a file of a secret is called, and the prefix of the secret. Scanners for leaked secrets and the log's own mask recognize it. */
export interface SecretFile {
  readonly name: string;
  readonly prefix: string;
}

const ADMIN_TOKEN: SecretFile = { name: 'admin-token', prefix: 'ccp-admin-' };
/** 256 bits. */
const RANDOM_BYTES = 32;
/** An operator can also write a token into the file, if it is long enough. */
const TOKEN = /^[\x21-\x7e]{16,512}$/;
const MAX_FILE_BYTES = 1024;
const OTHERS = 0o077n;
/** An attempt fails only if another process replaced the file in between. */
const ATTEMPTS = 5;
const HAS_PERMISSIONS = process.platform !== 'win32';

export interface TokenFile {
  readonly path: string;
  readonly token: string;
  /** True if this process created it. */
  readonly isNew: boolean;
  /** Why an earlier file was replaced, if there was one. */
  readonly replaced?: string;
}

/** Why the token is missing. The message contains the path and advice. */
export class TokenFileError extends Error {
  override readonly name = 'TokenFileError';
}

type Found =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'unusable'; readonly why: string; readonly identity: string };

/**
 * Reads the admin token in a directory, or creates it. Processes that start at the same time get the same token.
 *
 * @throws TokenFileError
 */
export function openTokenFile(directory: string): TokenFile {
  return openSecretFile(directory, ADMIN_TOKEN);
}

/** The same for another secret. @throws TokenFileError */
export function openSecretFile(directory: string, { name, prefix }: SecretFile): TokenFile {
  const path = join(resolve(directory), name);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return readOrCreate(path, prefix);
  } catch (error) {
    if (error instanceof TokenFileError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new TokenFileError(`${path} cannot be read or written (${code ?? message})`);
  }
}

function readOrCreate(path: string, prefix: string): TokenFile {
  let replaced: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = read(path);
    if (found.kind === 'token') return { path, token: found.token, isNew: false };
    if (found.kind === 'unusable') {
      replaced = found.why;
      remove(path, found.identity);
    }
    const token = prefix + randomBytes(RANDOM_BYTES).toString('base64url');
    if (publish(path, token)) return { path, token, isNew: true, ...(replaced && { replaced }) };
  }
  throw new TokenFileError(`${path} is being replaced by other processes; start again`);
}

/** @throws TokenFileError for a file that must not be trusted and must not be replaced */
function read(path: string): Found {
  const descriptor = open(path);
  if (descriptor === undefined) return { kind: 'none' };
  try {
    const { uid, mode, ino, mtimeNs, ...stat } = fstatSync(descriptor, { bigint: true });
    if ((mode & BigInt(constants.S_IFMT)) !== BigInt(constants.S_IFREG)) {
      throw new TokenFileError(`${path} is not a file; move it away and start again`);
    }
    const own = process.getuid?.();
    // Root can read and write all files anyway.
    if (own !== undefined && uid !== BigInt(own) && uid !== 0n) {
      throw new TokenFileError(`${path} belongs to user ${uid}, and this process runs as user ${own}; delete the file`);
    }
    const identity = `${stat.dev}/${ino}/${mtimeNs}`;
    if (HAS_PERMISSIONS && (mode & OTHERS) !== 0n) {
      const why = `its permissions (${(mode & 0o777n).toString(8)}) let others open it; 600 is allowed`;
      return { kind: 'unusable', why, identity };
    }
    const text = readText(descriptor);
    if (TOKEN.test(text)) return { kind: 'token', token: text };
    return { kind: 'unusable', why: text === '' ? 'it was empty' : 'its content was not a token', identity };
  } finally {
    closeSync(descriptor);
  }
}

/** Undefined if the file is missing. Does not block on a pipe, and does not follow a link. */
function open(path: string): number | undefined {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw new TokenFileError(`${path} is a symbolic link; delete it and start again`);
    throw error;
  }
}

function readText(descriptor: number): string {
  const bytes = Buffer.alloc(MAX_FILE_BYTES);
  return bytes.toString('latin1', 0, readSync(descriptor, bytes)).trim();
}

/** Removes only the file that was read: another process may have replaced it with a valid one. */
function remove(path: string, identity: string): void {
  const aside = besideOf(path);
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const { dev, ino, mtimeNs } = lstatSync(aside, { bigint: true });
  if (`${dev}/${ino}/${mtimeNs}` !== identity) linkIfFree(aside, path);
  unlinkSync(aside);
}

/** Writes the whole file, then renames it, so that no process reads half of it. False if another process was faster. */
function publish(path: string, token: string): boolean {
  const temporary = besideOf(path);
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(descriptor, `${token}\n`);
    fsyncSync(descriptor);
    if (HAS_PERMISSIONS && (fstatSync(descriptor, { bigint: true }).mode & OTHERS) !== 0n) {
      throw new TokenFileError(`the file system of ${path} does not keep permissions, so others could read it`);
    }
    return linkIfFree(temporary, path);
  } finally {
    closeSync(descriptor);
    unlinkSync(temporary);
  }
}

function linkIfFree(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function besideOf(path: string): string {
  return `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
}
