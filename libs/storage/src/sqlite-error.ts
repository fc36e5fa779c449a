import { ConditionFailedError, StorageError, type StorageFailure } from './storage-error.js';

/** Primary result codes of https://www.sqlite.org/rescode.html; extended codes carry them in their low byte. */
const KIND_BY_RESULT_CODE: Readonly<Record<number, StorageFailure>> = {
  1: 'invalid',
  3: 'denied',
  5: 'throttled',
  6: 'throttled',
  8: 'denied',
  11: 'corrupt',
  13: 'full',
  14: 'denied',
  18: 'invalid',
  26: 'corrupt',
};

const KIND_BY_SYSTEM_CODE: Readonly<Record<string, StorageFailure>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOTDIR: 'denied',
  EEXIST: 'denied',
  EISDIR: 'denied',
  ENOSPC: 'full',
  EDQUOT: 'full',
  ERR_INVALID_STATE: 'closed',
};

const ADVICE: Readonly<Partial<Record<StorageFailure, string>>> = {
  denied: 'the path must be a directory that this process can write to',
  corrupt: 'move the file away to start with a new one, or restore a backup',
  full: 'the disk is full',
  missing_table: 'another process has dropped it; the next start creates it',
  throttled: 'another process keeps the file locked',
};

/** Turns an error of node:sqlite or the file system into a `StorageError`. Our own errors pass unchanged. */
export function sqliteErrorToStorageError(error: unknown, path: string): Error {
  if (error instanceof StorageError || error instanceof ConditionFailedError) return error;
  const kind = kindOf(error);
  const reason = (error as Partial<Error>).message ?? String(error);
  const advice = ADVICE[kind] === undefined ? '' : ` (${ADVICE[kind]})`;
  return new StorageError(kind, `${path}: ${reason}${advice}`, error);
}

interface SystemError extends Error {
  readonly errcode: number;
  readonly code: string;
}

function kindOf(error: unknown): StorageFailure {
  const { errcode, code, name, message = '' } = error as Partial<SystemError>;
  // A row that is not JSON.
  if (name === 'SyntaxError') return 'corrupt';
  if (/^no such table/.test(message)) return 'missing_table';
  if (errcode !== undefined) return KIND_BY_RESULT_CODE[errcode & 0xff] ?? 'failed';
  return KIND_BY_SYSTEM_CODE[code ?? ''] ?? 'failed';
}
