import { describe, expect, it } from '@jest/globals';
import { incrementInput, transactItem } from './dynamo-expression.js';
import type { TableDefinition, Write } from './table.js';

const USAGE: TableDefinition = { name: 'usage', partitionKey: 'user_period' };
const KEY = { user_period: 'zoe#2026-11-21' };

describe('an increment for DynamoDB', () => {
  it('is one update that adds and sets, with placeholders for all names', () => {
    expect(incrementInput(USAGE, KEY, { add: { count: 1 }, set: { ttl: 9 } }, 5)).toEqual({
      TableName: 'usage',
      Key: KEY,
      UpdateExpression: 'ADD #n0 :v0 SET #n1 = :v1',
      ConditionExpression: '(attribute_not_exists(#n1) OR #n1 > :v2)',
      ExpressionAttributeNames: { '#n0': 'count', '#n1': 'ttl' },
      ExpressionAttributeValues: { ':v0': 1, ':v1': 9, ':v2': 5 },
    });
  });

  it('has the same bytes for the same call, as an idempotency token requires', () => {
    const write: Write = { kind: 'increment', table: USAGE, key: KEY, add: { a: 1, b: 2 }, set: { date: 'x' } };
    expect(JSON.stringify(transactItem(write, 5))).toBe(JSON.stringify(transactItem({ ...write }, 5)));
  });

  it('omits empty maps, which DynamoDB refuses', () => {
    const { Put } = transactItem({ kind: 'put', table: USAGE, item: KEY }, 5);
    expect(JSON.parse(JSON.stringify(Put))).toEqual({ TableName: 'usage', Item: KEY });
  });
});
