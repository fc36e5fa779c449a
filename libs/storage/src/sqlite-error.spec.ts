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
  it('is reported as full, with advice, if the database cannot grow', () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE t (x); PRAGMA max_page_count = 3');
    const error = thrownBy(() => database.exec('INSERT INTO t VALUES (zeroblob(100000))'));
    expect(sqliteErrorToStorageError(error, '/data/x.db')).toMatchObject({
      name: 'StorageError',
      kind: 'full',
      message: expect.stringMatching(/^\/data\/x\.db: .*the disk is full/),
      cause: error,
    });
  });

  it.each([
    [{ errcode: 8 | (3 << 8), message: 'extended READONLY' }, 'denied'],
    [{ errcode: 10, message: 'disk I/O error' }, 'failed'],
    [{ code: 'ENOSPC', message: 'no space' }, 'full'],
    [{ code: 'EROFS', message: 'read-only file system' }, 'denied'],
    ['thrown text', 'failed'],
  ])('%j is reported as %s', (error, kind) => {
    expect(sqliteErrorToStorageError(error, 'x')).toMatchObject({ kind });
  });

  it('is reported as missing_table if the table was dropped', () => {
    const error = thrownBy(() => new DatabaseSync(':memory:').exec('SELECT 1 FROM "claude-proxy-usage"'));
    expect(sqliteErrorToStorageError(error, 'x')).toMatchObject({ kind: 'missing_table' });
  });

  it('is reported as corrupt if a row is not JSON', () => {
    expect(
      sqliteErrorToStorageError(
        thrownBy(() => JSON.parse('{')),
        'x',
      ),
    ).toMatchObject({ kind: 'corrupt' });
  });

  it('does not change our own errors', () => {
    const error = new ConditionFailedError('t', {});
    expect(sqliteErrorToStorageError(error, 'x')).toBe(error);
  });
});
