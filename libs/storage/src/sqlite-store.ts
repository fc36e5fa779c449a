import { createHash } from 'node:crypto';
import { checkedWrites, sortedWrites, storableWrite } from './checked-writes.js';
import { SqliteFile } from './sqlite-file.js';
import { quoted } from './sqlite-query.js';
import { SqliteTable } from './sqlite-table.js';
import { StorageError } from './storage-error.js';
import {
  IDEMPOTENCY_WINDOW_MS,
  type IndependentWrite,
  type Refusal,
  type Step,
  type TableDefinition,
  TableStore,
  type Write,
} from './table.js';

const PRUNE_EVERY_MS = 5 * 60 * 1000;
/** Table names cannot contain a space, so no table has this name. */
const TRANSACTIONS = '"applied transactions"';

export interface SqliteOptions {
  /** Created if missing; contains `claude-proxy.db`. `:memory:` keeps everything in memory, for tests. */
  readonly directory: string;
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

/** Stores everything in one SQLite file: the store for one machine, without any installation. */
export class SqliteTableStore extends TableStore {
  override readonly cheapIncrements = Number.POSITIVE_INFINITY;
  readonly #file: SqliteFile;
  readonly #now: () => number;
  readonly #tables = new Map<string, SqliteTable>();
  readonly #pruning: NodeJS.Timeout;

  private constructor(file: SqliteFile, now: () => number) {
    super();
    this.#file = file;
    this.#now = now;
    this.#pruning = setInterval(() => this.#prune(), PRUNE_EVERY_MS).unref();
  }

  /** @throws StorageError `denied`, `corrupt` or `full`, with the path and advice */
  static open({ directory, now = Date.now }: SqliteOptions): SqliteTableStore {
    const file = SqliteFile.open(
      directory,
      `CREATE TABLE IF NOT EXISTS ${TRANSACTIONS}
        (token TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, applied_at_ms INTEGER NOT NULL) WITHOUT ROWID`,
    );
    return new SqliteTableStore(file, now);
  }

  /** Creates the table in the file if it is missing: on a laptop no deployment creates tables. */
  override table(definition: TableDefinition): SqliteTable {
    const known = this.#tables.get(definition.name);
    if (known !== undefined) return known;
    const table = new SqliteTable(definition, this.#file, this.#now);
    this.#tables.set(definition.name, table);
    return table;
  }

  override async transact(writes: readonly Write[], idempotencyToken: string): Promise<void> {
    const checked = checkedWrites(writes, idempotencyToken);
    const fingerprint = fingerprintOf(checked);
    for (const { table } of checked) this.table(table);
    this.#file.write(() => {
      if (this.#isApplied(idempotencyToken, fingerprint)) return;
      for (const write of checked) this.table(write.table).apply(write);
      this.#file.run(
        `INSERT OR REPLACE INTO ${TRANSACTIONS} VALUES (?, ?, ?)`,
        idempotencyToken,
        fingerprint,
        this.#now(),
      );
    });
  }

  /** One transaction: a commit costs more than its content. The items are written before it returns, so none is copied. */
  override async writeEach(writes: readonly IndependentWrite[], step: Step): Promise<readonly Refusal[]> {
    const { checked, refused } = sortedWrites(writes, storableWrite);
    for (const { table } of checked) this.table(table);
    const unstorable: Refusal[] = [];
    this.#file.write(() => {
      for (const write of checked) {
        const error = this.#file.invalid(() => this.table(write.table).apply(write, step));
        if (error) unstorable.push({ write, error });
      }
    });
    return [...refused, ...unstorable];
  }

  override async createTables(definitions: readonly TableDefinition[]): Promise<void> {
    for (const definition of definitions) this.table(definition);
  }

  override async check(): Promise<void> {
    const names = [TRANSACTIONS, ...[...this.#tables.keys()].map(quoted)];
    for (const name of names) this.#file.read(() => this.#file.rows(`SELECT 1 FROM ${name} LIMIT 1`));
  }

  override async close(): Promise<void> {
    clearInterval(this.#pruning);
    this.#file.close();
  }

  #isApplied(token: string, fingerprint: string): boolean {
    const [applied] = this.#file.rows(
      `SELECT fingerprint FROM ${TRANSACTIONS} WHERE token = ? AND applied_at_ms > ?`,
      token,
      this.#forgottenMs(),
    );
    if (applied === undefined || applied.fingerprint === fingerprint) return applied !== undefined;
    throw new StorageError('invalid', 'the idempotency token was already used for other writes');
  }

  /** Tokens of this time and earlier are deleted. */
  #forgottenMs(): number {
    return this.#now() - IDEMPOTENCY_WINDOW_MS;
  }

  #prune(): void {
    try {
      this.#file.write(() =>
        this.#file.run(`DELETE FROM ${TRANSACTIONS} WHERE applied_at_ms <= ?`, this.#forgottenMs()),
      );
      for (const table of this.#tables.values()) table.prune();
    } catch {
      // Readers do not see expired rows, and the next round retries. A real fault shows in the next call.
    }
  }
}

/** Distinguishes a repeated transaction from another one with the same token. */
function fingerprintOf(writes: readonly Write[]): string {
  const content = JSON.stringify(writes.map((write) => ({ ...write, table: write.table.name })));
  return createHash('sha256').update(content).digest('base64url');
}
