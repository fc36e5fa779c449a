import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { sqliteErrorToStorageError } from './sqlite-error.js';
import { ConditionFailedError } from './storage-error.js';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('an error of SQLite', () => {
  it('is told as full, with advice, when the database may not grow any more', () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE t (x); PRAGMA max_page_count = 3');
    const error = thrownBy(() => database.exec('INSERT INTO t VALUES (zeroblob(100000))'));
    expect(sqliteErrorToStorageError(error, '/data/x.db')).toMatchObject({
      name: 'StorageError',
      kind: 'full',
      message: expect.stringMatching(/^\/data\/x\.db: .*no room left/),
      cause: error,
    });
  });

  it.each([
    [{ errcode: 8 | (3 << 8), message: 'extended READONLY' }, 'denied'],
    [{ errcode: 10, message: 'disk I/O error' }, 'failed'],
    [{ code: 'ENOSPC', message: 'no space' }, 'full'],
    [{ code: 'EROFS', message: 'read-only file system' }, 'denied'],
    ['thrown text', 'failed'],
  ])('%j is told as %s', (error, kind) => {
    expect(sqliteErrorToStorageError(error, 'x')).toMatchObject({ kind });
  });

  it('is told as missing_table when somebody has dropped the table', () => {
    const error = thrownBy(() => new DatabaseSync(':memory:').exec('SELECT 1 FROM "claude-proxy-usage"'));
    expect(sqliteErrorToStorageError(error, 'x')).toMatchObject({ kind: 'missing_table' });
  });

  it('is told as corrupt when a row is no JSON', () => {
    expect(
      sqliteErrorToStorageError(
        thrownBy(() => JSON.parse('{')),
        'x',
      ),
    ).toMatchObject({ kind: 'corrupt' });
  });

  it('leaves our own errors as they are', () => {
    const error = new ConditionFailedError('t', {});
    expect(sqliteErrorToStorageError(error, 'x')).toBe(error);
  });
});
