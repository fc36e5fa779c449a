/**
 * What went wrong below a table, in words a caller can act on:
 * - `unreachable`: no answer in time, or a broken connection. A write may or may not have happened
 * - `throttled`: refused for load; nothing was written, try again later
 * - `conflict`: refused because another writer held the item at that moment; nothing was written, try again
 * - `missing_table`: the engine does not know the table
 * - `invalid`: the call itself is wrong and will never succeed
 * - `denied`: credentials or file permissions do not allow it
 * - `full`: no room left on the disk
 * - `corrupt`: what is stored cannot be read
 * - `unsupported`: this engine lacks the operation
 * - `closed`: the store was closed before the call
 * - `failed`: anything else; see `cause`
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

/** The engine could not do what was asked. The engine's own error is `cause`, and only there. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly kind: StorageFailure;

  constructor(kind: StorageFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

/** The engine works, but somebody else was faster: the write's condition did not hold, and nothing was written. */
export class ConditionFailedError extends Error {
  override readonly name = 'ConditionFailedError';
  /** Name of the table whose item refused the write. */
  readonly table: string;
  /** The key of that item; kept out of the message because keys carry user names. */
  readonly key: Readonly<Record<string, string>>;

  constructor(table: string, key: Readonly<Record<string, string>>) {
    super(`${table}: the condition of the write did not hold`);
    this.table = table;
    this.key = key;
  }
}
