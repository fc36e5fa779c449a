import type { StorageError } from './storage-error.js';

/** A secondary index of a table. It contains only items that have all of its attributes. */
export interface IndexDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
}

/**
 * Names only. All key attributes are non-empty strings, and expiry always uses the attribute `ttl` in epoch seconds.
 * Names consist of letters, digits, `_`, `-` and `.`; table and index names have 3 to 255 characters.
 */
export interface TableDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly indexes?: readonly IndexDefinition[];
}

/**
 * A JSON value of at most 400 KB: strings, numbers up to 2^53 - 1, booleans, null, arrays and plain maps, 32 levels
 * deep. Members that are `undefined` are dropped. `ttl` is a whole number of epoch seconds.
 */
export type Item = Record<string, unknown>;

/** Exactly the key attributes of the table: `{ user_id: 'alice' }`. */
export type Key = Readonly<Record<string, string>>;

/** Holds if a living item has exactly this value: optimistic concurrency with a revision attribute. */
export interface EqualsCondition {
  readonly attribute: string;
  readonly equals: string | number;
}

/** `absent` holds if no living item has the key. */
export type PutCondition = { readonly absent: true } | EqualsCondition;

/** Holds if the attribute is missing or at most this number: a counter with a ceiling. */
export interface AtMostCondition {
  readonly attribute: string;
  readonly atMost: number;
}

export type IncrementCondition = AtMostCondition | EqualsCondition;

export interface Change {
  /** Whole numbers to add to top-level attributes. A missing attribute counts as zero. */
  readonly add: Readonly<Record<string, number>>;
  /** Top-level attributes to replace in the same step. */
  readonly set?: Readonly<Record<string, unknown>>;
}

export interface Query {
  /** The index to read. Default: the table itself. */
  readonly index?: string;
  readonly partition: string;
  /** Bounds of the sort key, both inclusive, in the order of UTF-8 bytes. Not allowed together with `prefix`. */
  readonly from?: string;
  readonly to?: string;
  readonly prefix?: string;
  /** Maximum number of living items. Default 1000. */
  readonly limit?: number;
  readonly descending?: boolean;
  /** From the previous page of the same query. */
  readonly cursor?: string;
}

export interface Page {
  readonly items: Item[];
  /** Missing at the end. If present, the next page may still be empty. */
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

/** A write that does not depend on others and has the same effect when repeated. */
export type IndependentWrite =
  | { readonly kind: 'put'; readonly table: TableDefinition; readonly item: Item }
  | Extract<Write, { kind: 'increment' }>;

/**
 * The writer of a round of increments, and the number of the round. The item stores the last round of each writer
 * (attribute `step#<writer>`), so a repeated increment counts once, even after a long time.
 */
export interface Step {
  readonly writer: string;
  /** Grows with each round. */
  readonly number: number;
}

/** A write that the store can never accept, and the reason. */
export interface Refusal {
  readonly write: IndependentWrite;
  readonly error: StorageError;
}

export const MAX_WRITES_PER_TRANSACTION = 100;
export const DEFAULT_QUERY_LIMIT = 1000;
/** About 130 KB of counters: 2 ms to read and add up. */
const PAGE_SIZE = 100;
export const IDEMPOTENCY_WINDOW_MS = 10 * 60 * 1000;

/**
 * One table of one engine. An item whose `ttl` has passed does not exist: it is never returned, `absent` holds for it,
 * and an increment on it starts from zero, although the engine may keep it for days.
 *
 * All methods throw `StorageError`; errors of the engines are not exposed.
 */
export abstract class Table {
  /** The latest state, including a write that another writer has just made. */
  abstract get(key: Key): Promise<Item | undefined>;

  /** The items of these keys, in no order; missing ones are left out. May lag briefly behind the last write. */
  abstract getMany(keys: readonly Key[]): Promise<Item[]>;

  /** Replaces the whole item. @throws ConditionFailedError */
  abstract put(item: Item, condition?: PutCondition): Promise<void>;

  /**
   * Adds and sets in one atomic step; creates a missing item. Never retried internally: after `unreachable` the
   * increment may or may not have been counted. Use `TableStore.transact` for exact counts.
   *
   * @throws ConditionFailedError
   */
  abstract increment(key: Key, change: Change, condition?: IncrementCondition): Promise<void>;

  /** A page of one partition in the order of the sort key. May lag briefly behind the last write. */
  abstract query(query: Query): Promise<Page>;

  /** Deleting a missing item succeeds, unless there is a condition. @throws ConditionFailedError */
  abstract delete(key: Key, condition?: EqualsCondition): Promise<void>;

  /**
   * All items of a query in pages of `limit` (default 100). After each page, other work gets its turn of the event
   * loop.
   */
  async *pages(query: Query): AsyncGenerator<readonly Item[]> {
    let cursor = query.cursor;
    do {
      const page: Page = await this.query({ limit: PAGE_SIZE, ...query, cursor });
      yield page.items;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  /** All items of a query, read in pages. */
  async *each(query: Query): AsyncGenerator<Item> {
    for await (const page of this.pages(query)) yield* page;
  }
}

/** One engine with all of its tables. */
export abstract class TableStore {
  abstract table(definition: TableDefinition): Table;

  /**
   * Applies all writes or none. A repetition with the same token within ten minutes is applied once; a token with
   * different writes is `invalid`. At most 100 writes; an item may occur once.
   *
   * @throws ConditionFailedError with the first item whose condition did not hold
   */
  abstract transact(writes: readonly Write[], idempotencyToken: string): Promise<void>;

  /**
   * Applies each write independently. Not a transaction: a reader can see some of the writes first, and writers of the
   * same item never conflict. An item may occur once. A round is retried with the same step and writes.
   *
   * @returns the writes that can never be stored; all others are stored
   * @throws StorageError if the engine is unreachable or busy; some of the writes may be stored already
   */
  abstract writeEach(writes: readonly IndependentWrite[], step: Step): Promise<readonly Refusal[]>;

  /** The number of increments per round that cost little. All of them if a round is one transaction of a file. */
  abstract readonly cheapIncrements: number;

  /** Creates missing tables and waits until they are usable. Does not change existing tables. */
  abstract createTables(definitions: readonly TableDefinition[]): Promise<void>;

  /** One cheap call to the engine. @throws StorageError if it, or a table in use, does not answer */
  abstract check(): Promise<void>;

  abstract close(): Promise<void>;
}
