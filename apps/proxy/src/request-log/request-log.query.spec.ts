import type { TableStore } from '@claude-proxy/storage';
import { describe, expect, it } from '@jest/globals';
import type { Recorder } from '../recording/recorder.js';
import { type LineFilter, RequestLogQuery } from './request-log.query.js';

const KEPT_DAYS = 30;
const PARTITIONS_OF_A_DAY = 2;

/** The number of partitions that a query of an empty log reads. */
async function readsOf(span: Pick<LineFilter, 'sinceMs' | 'untilMs'>): Promise<number> {
  let reads = 0;
  const each = () => {
    reads += 1;
    if (reads > 1_000) throw new Error('reads without an end');
    return [];
  };
  const store = { table: () => ({ each }) } as unknown as TableStore;
  const recorder = { flush: async () => {} } as unknown as Recorder;
  const log = new RequestLogQuery(store, recorder, { table: 'requests', keepDays: KEPT_DAYS });
  const page = await log.page({ ...span, isWanted: () => true }, { limit: 50 });
  expect(page).toMatchObject({ requests: [], next_cursor: null, searched_requests: 0 });
  return reads;
}

describe('RequestLogQuery', () => {
  it('reads only the days of the retention period', async () => {
    expect(await readsOf({})).toBe((KEPT_DAYS + 1) * PARTITIONS_OF_A_DAY);
    expect(await readsOf({ sinceMs: Date.now() })).toBe(PARTITIONS_OF_A_DAY);
  });

  it.each([
    ['tomorrow', Date.now() + 86_400_000],
    ['the year 12345', Date.parse('+012345-01-01T00:00:00Z')],
    ['the last day that dates support', 8.64e15],
  ])('reads nothing since %s', async (_name, sinceMs) => {
    expect(await readsOf({ sinceMs })).toBe(0);
  });

  it.each([
    ['1960', Date.parse('1960-01-01')],
    ['the first day that dates support', -8.64e15],
  ])('reads nothing until %s', async (_name, untilMs) => {
    expect(await readsOf({ untilMs })).toBe(0);
  });
});
