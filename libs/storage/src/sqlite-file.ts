import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sqliteErrorToStorageError } from './sqlite-error.js';
import { StorageError } from './storage-error.js';

const FILE_NAME = 'claude-proxy.db';
const IN_MEMORY = ':memory:';
/** node:sqlite waits for another process's lock on our only thread. During startup this delays no request. */
const BUSY_TIMEOUT_AT_START_MS = 2000;
/** Later the wait delays all streams: long enough for another process's write, too short to be noticed. */
const BUSY_TIMEOUT_MS = 100;
/** 16 MB between checkpoints. With the default of 4, pages that every batch changes are copied four times as often. */
const WAL_PAGES = 4000;

export type Row = Record<string, unknown>;

/** One open database: prepares each statement once, runs work atomically, and throws `StorageError`s. */
export class SqliteFile {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #statements = new Map<string, StatementSync>();
  #turns: Promise<unknown> = Promise.resolve();

  private constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /** @param schema what the file must have; run while the start may still wait for another process */
  static open(directory: string, schema = ''): SqliteFile {
    const path = directory === IN_MEMORY ? directory : join(directory, FILE_NAME);
    let database: DatabaseSync | undefined;
    try {
      if (path !== IN_MEMORY) prepareFile(directory, path);
      database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_AT_START_MS });
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${WAL_PAGES}`);
      database.exec(schema);
      database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      return new SqliteFile(database, path);
    } catch (error) {
      database?.close();
      throw sqliteErrorToStorageError(error, path);
    }
  }

  rows(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  /**
   * Resolves in a turn of the event loop that belongs to one caller. A hundred readers with a page each in the same turn
   * would block the loop like one reader of all pages.
   */
  async turn(): Promise<void> {
    this.#turns = this.#turns.then(() => nextTurn());
    await this.#turns;
  }

  /** Reads without a lock; each statement sees one consistent state. */
  read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw sqliteErrorToStorageError(error, this.#path);
    }
  }

  /** Runs all of `work` or nothing. IMMEDIATE takes the write lock before the first read, so it excludes other writers. */
  write<T>(work: () => T): T {
    return this.read(() => {
      this.run('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.run('COMMIT');
        return result;
      } catch (error) {
        // On a full disk SQLite rolls back by itself.
        if (this.#database.isTransaction) this.run('ROLLBACK');
        throw error;
      }
    });
  }

  /** Returns the error of work that can never be stored. It fails before any change; the transaction can continue. */
  invalid(work: () => void): StorageError | undefined {
    try {
      work();
      return undefined;
    } catch (error) {
      const known = sqliteErrorToStorageError(error, this.#path);
      if (known instanceof StorageError && known.kind === 'invalid') return known;
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

/** Created by us, because SQLite would create it readable for all users. Its WAL files inherit the mode. */
function prepareFile(directory: string, path: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}
