import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { checkedQuery } from './checked-query.js';
import { cursorBehind, queryToSql, schemaOf } from './sqlite-query.js';
import type { Query, TableDefinition } from './table.js';

const EVENTS: TableDefinition = {
  name: 'events',
  partitionKey: 'stream',
  sortKey: 'at',
  indexes: [
    { name: 'by-period', partitionKey: 'period', sortKey: 'rank' },
    { name: 'by-owner', partitionKey: 'owner' },
  ],
};
const LAST = { stream: 's', at: '1', period: 'p', rank: '2', owner: 'o' };

describe('a query in SQL', () => {
  const sources: [string, Partial<Query>][] = [
    ['sqlite_autoindex_events_1', {}],
    ['events by-period', { index: 'by-period' }],
    ['events by-owner', { index: 'by-owner' }],
  ];
  const shapes: Partial<Query>[] = [{}, { from: 'a', to: 'b' }, { prefix: 'a' }, { descending: true }];

  it.each(sources)('is one scan of %s, without sorting', (index, source) => {
    const database = new DatabaseSync(':memory:');
    for (const sql of schemaOf(EVENTS)) database.exec(sql);
    const walked = checkedQuery(EVENTS, { ...source, partition: 'p' }).source;
    const cursor = cursorBehind(EVENTS, walked, LAST);
    for (const shape of walked.sortKey === undefined ? [{}, { descending: true }] : shapes) {
      for (const place of [{}, { cursor }]) {
        const { sql, values } = queryToSql(
          EVENTS,
          checkedQuery(EVENTS, { partition: 'p', ...source, ...shape, ...place }),
          5,
        );
        const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
        expect(plan).toEqual([
          expect.objectContaining({ detail: expect.stringMatching(`^SEARCH events USING INDEX ${index} `) }),
        ]);
      }
    }
    database.close();
  });

  it('refuses the cursor of another query', () => {
    const foreign = cursorBehind(EVENTS, EVENTS, LAST);
    const query = checkedQuery(EVENTS, { index: 'by-period', partition: 'p', cursor: foreign });
    expect(() => queryToSql(EVENTS, query, 5)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});
