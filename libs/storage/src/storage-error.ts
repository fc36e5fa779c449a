/**
 * Kinds of failures below a table, by what a caller can do:
 * - `unreachable`: no answer in time, or a broken connection. A write may or may not have happened
 * - `throttled`: refused because of load; nothing was written, try again later
 * - `conflict`: refused because another writer held the item; nothing was written, try again
 * - `missing_table`: the engine has no such table
 * - `invalid`: the call itself is wrong and can never succeed
 * - `denied`: credentials or file permissions do not allow it
 * - `full`: the disk is full
 * - `corrupt`: stored data cannot be read
 * - `unsupported`: this engine lacks the operation
 * - `closed`: the store was closed before the call
 * - `failed`: any other failure; see `cause`
 */
export type StorageFailure =
  | 'unreachable'
  | 'throttled'
  | 'conflict'
  | 'missing_table'
  | 'invalid'
  | 'denied'
  | 'full'
  | 'corrupt'
  | 'unsupported'
  | 'closed'
  | 'failed';

/** The engine could not complete the call. The engine's own error is in `cause` only. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly kind: StorageFailure;

  constructor(kind: StorageFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

/** The condition of the write did not hold, because another writer was faster. Nothing was written. */
export class ConditionFailedError extends Error {
  override readonly name = 'ConditionFailedError';
  /** The table of the item that refused the write. */
  readonly table: string;
  /** The key of that item. The message omits it because keys contain user names. */
  readonly key: Readonly<Record<string, string>>;

  constructor(table: string, key: Readonly<Record<string, string>>) {
    super(`${table}: the condition of the write did not hold`);
    this.table = table;
    this.key = key;
  }
}
