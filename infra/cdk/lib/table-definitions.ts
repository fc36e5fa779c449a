import { readFileSync } from 'node:fs';

/** One table of the application. */
export interface TableShape {
  /** The table's name after the prefix. */
  readonly suffix: string;
  /** The variable that holds the table's name. */
  readonly variable: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly index?: { readonly name: string; readonly partitionKey: string; readonly sortKey?: string };
  /** The item actions that the application's code uses, and no others. A transaction needs those of its writes. */
  readonly actions: readonly string[];
}

/** What the rooms declare; `npm run tables:print` writes the file, and a test compares it with them. */
export const TABLE_SHAPES: readonly TableShape[] = JSON.parse(
  readFileSync(new URL('../tables.json', import.meta.url), 'utf8'),
);

export const EXPIRY_ATTRIBUTE = 'ttl';
