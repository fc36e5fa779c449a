import { StorageError } from './storage-error.js';
import { DEFAULT_QUERY_LIMIT, type IndexDefinition, type Query, type TableDefinition } from './table.js';

/** A query both engines can run as it stands: what it reads, and within which limit. */
export interface CheckedQuery extends Query {
  /** The table itself, or the index the query names. */
  readonly source: IndexDefinition;
  readonly limit: number;
  /** What `cursorOf` was given, not yet looked into. */
  readonly position: unknown;
}

/** @throws StorageError `invalid` where a query names an unknown index, has no meaning, or carries a foreign cursor */
export function checkedQuery(definition: TableDefinition, query: Query): CheckedQuery {
  const source = sourceOf(definition, query.index);
  const { partition, from, to, prefix, limit = DEFAULT_QUERY_LIMIT, cursor } = query;
  const bounds = [from, to, prefix].filter((bound) => bound !== undefined);
  if ([partition, ...bounds].includes('')) refuse(source, 'a key is never empty');
  if (bounds.length > 0 && source.sortKey === undefined) refuse(source, 'there is no sort key to bound');
  if (prefix !== undefined && bounds.length > 1) refuse(source, 'either a prefix or a range');
  if (!Number.isInteger(limit) || limit < 1) refuse(source, `a limit of ${limit}`);
  return { ...query, source, limit, position: cursor === undefined ? undefined : positionOf(source, cursor) };
}

/** Whether the bounds leave nothing, in the order both engines sort by. */
export function isEmptyRange({ from, to }: Query): boolean {
  return from !== undefined && to !== undefined && Buffer.compare(Buffer.from(from), Buffer.from(to)) > 0;
}

/** Opaque to callers; holds the place where the page ended. */
export function cursorOf(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function positionOf(source: IndexDefinition, cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return refuse(source, 'a cursor that is none of ours');
  }
}

function sourceOf(definition: TableDefinition, index: string | undefined): IndexDefinition {
  if (index === undefined) return definition;
  const found = definition.indexes?.find(({ name }) => name === index);
  return found ?? refuse(definition, `there is no index "${index}"`);
}

function refuse(source: IndexDefinition, why: string): never {
  throw new StorageError('invalid', `query of ${source.name}: ${why}`);
}
