import type { StorageError } from './storage-error.js';

/** A second way into a table. Items that lack one of its attributes are not in it. */
export interface IndexDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
}

/**
 * Names only: every key attribute is a non-empty string, and expiry is always the attribute `ttl` in epoch seconds.
 * Names consist of letters, digits, `_`, `-` and `.`; table and index names have 3 to 255 of them.
 */
export interface TableDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly indexes?: readonly IndexDefinition[];
}

/**
 * JSON-like and at most 400 KB: strings, numbers up to 2^53 - 1, booleans, null, arrays and plain maps, 32 levels deep.
 * Members that are `undefined` are left out. `ttl`, where present, is a whole number of epoch seconds.
 */
export type Item = Record<string, unknown>;

/** Exactly the key attributes of the table, by name: `{ user_id: 'alice' }`. */
export type Key = Readonly<Record<string, string>>;

/** Holds where a living item has exactly this value: optimistic concurrency on a revision attribute. */
export interface EqualsCondition {
  readonly attribute: string;
  readonly equals: string | number;
}

/** `absent` holds where no living item has the key. */
export type PutCondition = { readonly absent: true } | EqualsCondition;

export interface Change {
  /** Whole numbers added to top-level attributes; a missing attribute counts as zero. */
  readonly add: Readonly<Record<string, number>>;
  /** Top-level attributes replaced in the same step. */
  readonly set?: Readonly<Record<string, unknown>>;
}

export interface Query {
  /** Name of the index to read; the table itself when absent. */
  readonly index?: string;
  readonly partition: string;
  /** Bounds of the sort key, both inclusive, in the order of UTF-8 bytes. Not together with `prefix`. */
  readonly from?: string;
  readonly to?: string;
  readonly prefix?: string;
  /** At most so many living items, 1000 by default. */
  readonly limit?: number;
  readonly descending?: boolean;
  /** From the page before this one, of the same query. */
  readonly cursor?: string;
}

export interface Page {
  readonly items: Item[];
  /** Absent at the end. Where present, the next page may still turn out empty. */
  readonly cursor?: string;
}

export type Write =
  | { readonly kind: 'put'; readonly table: TableDefinition; readonly item: Item; readonly condition?: PutCondition }
  | ({ readonly kind: 'increment'; readonly table: TableDefinition; readonly key: Key } & Change)
  | {
      readonly kind: 'delete';
      readonly table: TableDefinition;
      readonly key: Key;
      readonly condition?: EqualsCondition;
    };

/** A write that needs no other: alone, and once more, it has the same effect. */
export type IndependentWrite =
  | { readonly kind: 'put'; readonly table: TableDefinition; readonly item: Item }
  | Extract<Write, { kind: 'increment' }>;

/**
 * Who counts, and its how-manieth round. The item itself remembers the last round of each writer (attribute
 * `step#<writer>`), so a repeated increment counts once, however long ago the first one was.
 */
export interface Step {
  readonly writer: string;
  /** Grows from round to round. */
  readonly number: number;
}

/** A write that the store will never take, and why. */
export interface Refusal {
  readonly write: IndependentWrite;
  readonly error: StorageError;
}

export const MAX_WRITES_PER_TRANSACTION = 100;
export const DEFAULT_QUERY_LIMIT = 1000;
/** Some 130 KB of counters: 2 ms to read and to add up. */
const PAGE_SIZE = 100;
export const IDEMPOTENCY_WINDOW_MS = 10 * 60 * 1000;

/**
 * One table of one engine. An item whose `ttl` has passed does not exist: it is never returned, `absent` holds over it,
 * and an increment on it starts from zero, although the engine may hold it for days.
 *
 * Every method throws `StorageError`; the engines' own errors stay inside.
 */
export abstract class Table {
  /** The newest state, also right after a write by somebody else. */
  abstract get(key: Key): Promise<Item | undefined>;

  /** Replaces the whole item. @throws ConditionFailedError */
  abstract put(item: Item, condition?: PutCondition): Promise<void>;

  /**
   * Adds and sets in one atomic step; creates the item where it is missing.
   * Never repeated behind the caller's back: after `unreachable` it may have been counted, or not.
   * What must be exact goes through `TableStore.transact`.
   */
  abstract increment(key: Key, change: Change): Promise<void>;

  /** A page of one partition in the order of the sort key. May lag behind the last write by a moment. */
  abstract query(query: Query): Promise<Page>;

  /** Deleting what is not there is fine, unless a condition asks for it. @throws ConditionFailedError */
  abstract delete(key: Key, condition?: EqualsCondition): Promise<void>;

  /**
   * Every item of a query in pages of `limit`, 100 by default: so many are read, and worked on, before others get their
   * turn of the event loop.
   */
  async *pages(query: Query): AsyncGenerator<readonly Item[]> {
    let cursor = query.cursor;
    do {
      const page: Page = await this.query({ limit: PAGE_SIZE, ...query, cursor });
      yield page.items;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  /** Every item of a query, read in pages. */
  async *each(query: Query): AsyncGenerator<Item> {
    for await (const page of this.pages(query)) yield* page;
  }
}

/** One engine with all its tables. */
export abstract class TableStore {
  abstract table(definition: TableDefinition): Table;

  /**
   * All writes, or none. Repeated with the same token within ten minutes, it is applied once; a token that comes back
   * with other writes is `invalid`. At most 100 writes, no item twice.
   *
   * @throws ConditionFailedError naming the first item whose condition did not hold
   */
  abstract transact(writes: readonly Write[], idempotencyToken: string): Promise<void>;

  /**
   * Writes each of these, whatever becomes of the others. Not a transaction: a reader may see some of them first, and
   * writers of the same item never conflict. No item twice; a round is repeated with the same step and writes.
   *
   * @returns the writes that can never be stored; the rest is stored
   * @throws StorageError where the engine is away or busy; some of the writes may be stored already
   */
  abstract writeEach(writes: readonly IndependentWrite[], step: Step): Promise<readonly Refusal[]>;

  /** So many increments of a round cost little; all of them where a round is one transaction of a file. */
  abstract readonly cheapIncrements: number;

  /** Creates what is missing and waits until it can be used; existing tables are left as they are. */
  abstract createTables(definitions: readonly TableDefinition[]): Promise<void>;

  /** One cheap round to the engine. @throws StorageError where it, or a table in use, does not answer */
  abstract check(): Promise<void>;

  abstract close(): Promise<void>;
}
