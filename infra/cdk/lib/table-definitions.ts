/** One table of the application. `test/names.spec.ts` compares it with the application's definition. */
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

export const LIMIT_TABLE: TableShape = {
  suffix: 'rate-limits',
  variable: 'RATE_LIMIT_TABLE_NAME',
  partitionKey: 'user_id',
  index: { name: 'by-list', partitionKey: 'list', sortKey: 'user_id' },
  actions: ['GetItem', 'PutItem', 'DeleteItem', 'Query'],
};

export const USAGE_TABLE: TableShape = {
  suffix: 'usage',
  variable: 'USAGE_TABLE_NAME',
  partitionKey: 'user_period',
  index: { name: 'by-period', partitionKey: 'period_shard', sortKey: 'user_period' },
  actions: ['GetItem', 'UpdateItem', 'DeleteItem', 'Query'],
};

export const REQUEST_TABLE: TableShape = {
  suffix: 'requests',
  variable: 'REQUESTS_TABLE_NAME',
  partitionKey: 'partition',
  sortKey: 'sort',
  actions: ['GetItem', 'PutItem', 'BatchWriteItem', 'UpdateItem', 'DeleteItem', 'Query'],
};

export const ACCESS_TABLE: TableShape = {
  suffix: 'access',
  variable: 'ACCESS_TABLE_NAME',
  partitionKey: 'partition',
  sortKey: 'sort',
  actions: ['GetItem', 'PutItem', 'DeleteItem', 'Query'],
};

export const TABLE_SHAPES = [LIMIT_TABLE, USAGE_TABLE, REQUEST_TABLE, ACCESS_TABLE] as const;

export const EXPIRY_ATTRIBUTE = 'ttl';
