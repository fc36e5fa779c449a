import { StorageError } from './storage-error.js';
import { DEFAULT_QUERY_LIMIT, type IndexDefinition, type Query, type TableDefinition } from './table.js';

/** A validated query that both engines can run as it is, with its source and its limit. */
export interface CheckedQuery extends Query {
  /** The table itself, or the index named by the query. */
  readonly source: IndexDefinition;
  readonly limit: number;
  /** The argument of `cursorOf`, not yet validated. */
  readonly position: unknown;
}

/** @throws StorageError `invalid` if the query names an unknown index, makes no sense, or has a foreign cursor */
export function checkedQuery(definition: TableDefinition, query: Query): CheckedQuery {
  const source = sourceOf(definition, query.index);
  const { partition, from, to, prefix, limit = DEFAULT_QUERY_LIMIT, cursor } = query;
  const bounds = [from, to, prefix].filter((bound) => bound !== undefined);
  if ([partition, ...bounds].includes('')) refuse(source, 'a key must not be empty');
  if (bounds.length > 0 && source.sortKey === undefined) refuse(source, 'bounds need a sort key, and it has none');
  if (prefix !== undefined && bounds.length > 1) refuse(source, 'only one of a prefix and a range is allowed');
  if (!Number.isInteger(limit) || limit < 1)
    refuse(source, `the limit is ${limit}, but must be a positive whole number`);
  return { ...query, source, limit, position: cursor === undefined ? undefined : positionOf(source, cursor) };
}

/** Whether the bounds exclude everything, in the sort order of both engines. */
export function isEmptyRange({ from, to }: Query): boolean {
  return from !== undefined && to !== undefined && Buffer.compare(Buffer.from(from), Buffer.from(to)) > 0;
}

/** Opaque to callers; contains the position where the page ended. */
export function cursorOf(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function positionOf(source: IndexDefinition, cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return refuse(source, 'the cursor is not valid');
  }
}

function sourceOf(definition: TableDefinition, index: string | undefined): IndexDefinition {
  if (index === undefined) return definition;
  const found = definition.indexes?.find(({ name }) => name === index);
  return found ?? refuse(definition, `the table has no index "${index}"`);
}

function refuse(source: IndexDefinition, why: string): never {
  throw new StorageError('invalid', `query of ${source.name}: ${why}`);
}
