import { type CheckedQuery, checkedQuery, isEmptyRange } from './checked-query.js';
import { checkDefinition, checkedChange, checkedItem, checkedKey, keyOfWrite } from './checked-writes.js';
import { holds } from './condition.js';
import { distinctKeys } from './distinct-keys.js';
import { checkSize } from './item-size.js';
import type { SqliteFile } from './sqlite-file.js';
import { cursorBehind, queryToSql, quoted, schemaOf } from './sqlite-query.js';
import { hasStep, stepAttribute } from './step-attribute.js';
import { ConditionFailedError, StorageError } from './storage-error.js';
import {
  type Change,
  type EqualsCondition,
  type IncrementCondition,
  type Item,
  type Key,
  type Page,
  type PutCondition,
  type Query,
  type Step,
  Table,
  type TableDefinition,
  type Write,
} from './table.js';

/** Bounds one pruning, because it holds the write lock and our only thread. */
const MAX_PRUNED_ROWS = 5000;
/** By DynamoDB's count, an item is at most four times its JSON: a list of lists takes four bytes per member. */
const SURELY_SMALL_BYTES = 100 * 1024;

/** One table of the file. Created with its indexes on first use. */
export class SqliteTable extends Table {
  readonly #definition: TableDefinition;
  readonly #file: SqliteFile;
  readonly #now: () => number;
  readonly #name: string;
  readonly #sql: { readonly find: string; readonly save: string };

  constructor(definition: TableDefinition, file: SqliteFile, now: () => number) {
    super();
    checkDefinition(definition);
    this.#definition = definition;
    this.#file = file;
    this.#now = now;
    this.#name = quoted(definition.name);
    this.#sql = {
      find: `SELECT item FROM ${this.#name} WHERE partition = ? AND sort = ? AND (ttl IS NULL OR ttl > ?)`,
      save: `INSERT INTO ${this.#name} (partition, sort, item, ttl) VALUES (?, ?, ?, ?)
       ON CONFLICT (partition, sort) DO UPDATE SET item = excluded.item, ttl = excluded.ttl`,
    };
    file.write(() =>
      schemaOf(definition).forEach((sql) => {
        file.run(sql);
      }),
    );
    this.prune();
  }

  override async get(key: Key): Promise<Item | undefined> {
    const checked = checkedKey(this.#definition, key);
    return this.#file.read(() => this.#find(checked));
  }

  override async getMany(keys: readonly Key[]): Promise<Item[]> {
    const checked = distinctKeys(this.#definition, keys);
    await this.#file.turn();
    return this.#file.read(() => checked.map((key) => this.#find(key)).filter((item) => item !== undefined));
  }

  override async put(item: Item, condition?: PutCondition): Promise<void> {
    const table = this.#definition;
    this.#write({ kind: 'put', table, item: checkedItem(table, item), condition });
  }

  override async increment(key: Key, change: Change, condition?: IncrementCondition): Promise<void> {
    const table = this.#definition;
    const checked = checkedKey(table, key);
    const write: Write = { kind: 'increment', table, key: checked, ...checkedChange(table, change) };
    this.#file.write(() => {
      if (condition && !holds(condition, this.#find(checked))) throw new ConditionFailedError(table.name, checked);
      this.apply(write);
    });
  }

  override async delete(key: Key, condition?: EqualsCondition): Promise<void> {
    const table = this.#definition;
    this.#write({ kind: 'delete', table, key: checkedKey(table, key), condition });
  }

  override async query(query: Query): Promise<Page> {
    const checked = checkedQuery(this.#definition, query);
    if (isEmptyRange(checked)) return { items: [] };
    await this.#file.turn();
    return this.#file.read(() => this.#page(checked));
  }

  /** One validated write inside a transaction of the file. An increment with a step that the item has is ignored. */
  apply(write: Write, step?: Step): void {
    const key = keyOfWrite(write);
    if (write.kind === 'put' && write.condition === undefined) {
      this.#save(key, write.item);
      return;
    }
    const current = this.#find(key);
    if (write.kind === 'increment') {
      if (step !== undefined && hasStep(current, step)) return;
      const counted = step === undefined ? {} : { [stepAttribute(step)]: step.number };
      this.#save(key, { ...key, ...current, ...this.#sums(write.add, current), ...write.set, ...counted });
      return;
    }
    if (!holds(write.condition, current)) throw new ConditionFailedError(this.#definition.name, key);
    if (write.kind === 'put') this.#save(key, write.item);
    else this.#file.run(`DELETE FROM ${this.#name} WHERE partition = ? AND sort = ?`, ...this.#place(key));
  }

  /** Deletes expired rows, which readers no longer see. */
  prune(): void {
    this.#file.write(() =>
      this.#file.run(
        `DELETE FROM ${this.#name} WHERE rowid IN (SELECT rowid FROM ${this.#name} WHERE ttl <= ? LIMIT ?)`,
        this.#nowSeconds(),
        MAX_PRUNED_ROWS,
      ),
    );
  }

  #write(write: Write): void {
    this.#file.write(() => this.apply(write));
  }

  #find(key: Key): Item | undefined {
    const [row] = this.#file.rows(this.#sql.find, ...this.#place(key), this.#nowSeconds());
    return row === undefined ? undefined : JSON.parse(row.item as string);
  }

  #page(query: CheckedQuery): Page {
    const { sql, values } = queryToSql(this.#definition, query, this.#nowSeconds());
    const found: Item[] = this.#file.rows(sql, ...values).map((row) => JSON.parse(row.item as string));
    const items = found.slice(0, query.limit);
    const last = found.length > items.length ? items.at(-1) : undefined;
    return last === undefined ? { items } : { items, cursor: cursorBehind(this.#definition, query.source, last) };
  }

  #save(key: Key, item: Item): void {
    const json = JSON.stringify(item);
    if (json.length > SURELY_SMALL_BYTES) checkSize(this.#definition.name, item);
    this.#file.run(this.#sql.save, ...this.#place(key), json, (item.ttl as number | undefined) ?? null);
  }

  #sums(add: Readonly<Record<string, number>>, current: Item = {}): Record<string, number> {
    return Object.fromEntries(
      Object.entries(add).map(([attribute, amount]) => {
        const before = current[attribute] ?? 0;
        if (typeof before === 'number') return [attribute, before + amount];
        throw new StorageError('invalid', `${this.#definition.name}: "${attribute}" is not a number to add to`);
      }),
    );
  }

  #place(key: Key): [partition: string, sort: string] {
    const { partitionKey, sortKey } = this.#definition;
    return [key[partitionKey]!, sortKey === undefined ? '' : key[sortKey]!];
  }

  #nowSeconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}
