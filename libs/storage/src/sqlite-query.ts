import type { SQLInputValue } from 'node:sqlite';
import { type CheckedQuery, cursorOf } from './checked-query.js';
import { StorageError } from './storage-error.js';
import type { IndexDefinition, Item, TableDefinition } from './table.js';

/** Tables keep their name in SQL, so that the file can be read with the `sqlite3` tool. */
export function schemaOf(definition: TableDefinition): string[] {
  const table = quoted(definition.name);
  const byExpiry = quoted(`${definition.name} ttl`);
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (partition TEXT NOT NULL, sort TEXT NOT NULL, item TEXT NOT NULL, ttl INTEGER,
     PRIMARY KEY (partition, sort))`,
    `CREATE INDEX IF NOT EXISTS ${byExpiry} ON ${table} (ttl) WHERE ttl IS NOT NULL`,
    ...(definition.indexes ?? []).map((index) => {
      const columns = [partitionColumn(definition, index), ...orderColumns(definition, index)].join(', ');
      return `CREATE INDEX IF NOT EXISTS ${quoted(`${definition.name} ${index.name}`)} ON ${table} (${columns})`;
    }),
  ];
}

/** SQL and values for one row more than the page, to find out whether a page follows. */
export function queryToSql(
  definition: TableDefinition,
  query: CheckedQuery,
  nowSeconds: number,
): { sql: string; values: SQLInputValue[] } {
  const { source, partition, from, to, prefix, descending = false } = query;
  const order = orderColumns(definition, source);
  const [sort] = order;
  const after = placeAfter(query, order.length);
  const conditions: [string, ...SQLInputValue[]][] = [
    [`${partitionColumn(definition, source)} = ?`, partition],
    ['(ttl IS NULL OR ttl > ?)', nowSeconds],
  ];
  if (source !== definition && source.sortKey !== undefined) conditions.push([`${sort} IS NOT NULL`]);
  if (from !== undefined) conditions.push([`${sort} >= ?`, from]);
  if (to !== undefined) conditions.push([`${sort} <= ?`, to]);
  // The byte FF never occurs in UTF-8, so this is the upper bound of all texts with the prefix.
  if (prefix !== undefined) conditions.push([`${sort} >= ? AND ${sort} < ? || CAST(x'FF' AS TEXT)`, prefix, prefix]);
  if (after !== undefined) {
    conditions.push([`(${order}) ${descending ? '<' : '>'} (${order.map(() => '?')})`, ...after]);
  }
  const direction = descending ? 'DESC' : 'ASC';
  const sql = `SELECT item FROM ${quoted(definition.name)} WHERE ${conditions.map(([text]) => text).join(' AND ')}
    ORDER BY ${order.map((column) => `${column} ${direction}`)} LIMIT ?`;
  return { sql, values: [...conditions.flatMap(([, ...values]) => values), query.limit + 1] };
}

/** The cursor after `item`: the values of the columns that order the query. */
export function cursorBehind(definition: TableDefinition, source: IndexDefinition, item: Item): string {
  const { partitionKey, sortKey } = definition;
  const sort = sortKey === undefined ? '' : item[sortKey];
  if (source === definition) return cursorOf([sort]);
  const place = [item[partitionKey], sort];
  return cursorOf(source.sortKey === undefined ? place : [item[source.sortKey], ...place]);
}

export function quoted(name: string): string {
  return `"${name}"`;
}

function placeAfter({ position, source }: CheckedQuery, length: number): string[] | undefined {
  if (position === undefined) return undefined;
  if (Array.isArray(position) && position.length === length && position.every((part) => typeof part === 'string')) {
    return position;
  }
  throw new StorageError('invalid', `query of ${source.name}: the cursor belongs to another query`);
}

function partitionColumn(definition: TableDefinition, source: IndexDefinition): string {
  return source === definition ? 'partition' : member(source.partitionKey);
}

/** Items with equal sort keys of an index also need the table's key for a stable order, else a page could lose one. */
function orderColumns(definition: TableDefinition, source: IndexDefinition): string[] {
  if (source === definition) return ['sort'];
  return source.sortKey === undefined ? ['partition', 'sort'] : [member(source.sortKey), 'partition', 'sort'];
}

/** SQLite maintains an index on this expression. Names were validated and contain no quotes. */
function member(attribute: string): string {
  return `(item ->> '$."${attribute}"')`;
}
