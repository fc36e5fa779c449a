import { describe, expect, it } from '@jest/globals';
import { Zone } from '../recording/zone.js';
import { emptyCounts, hourCounters, modelCounter } from './usage.table.js';
import { zonedItems } from './zoned-items.js';

const OPUS = 'claude-opus-5-5';
const HAIKU = 'claude-haiku-5-5';
/** A day with 2 requests at 03:00 and one at 20:00, UTC. */
const item = (() => {
  const early = { ...emptyCounts(), request_count: 2, input_tokens: 20, output_tokens: 4, cost_nano_usd: 9 };
  const late = { ...emptyCounts(), request_count: 1, input_tokens: 5, output_tokens: 1, unpriced_count: 1 };
  const of = (model: string, counts: Record<string, number>) =>
    Object.fromEntries(Object.entries(counts).map(([name, value]) => [modelCounter(model, name), value]));
  return {
    user_period: 'ann#2026-11-27#anthropic',
    request_type: 'anthropic',
    request_count: 3,
    input_tokens: 25,
    output_tokens: 5,
    total_tokens: 30,
    cost_nano_usd: 9,
    unpriced_count: 1,
    ...of(OPUS, { ...early, total_tokens: 24 }),
    ...of(HAIKU, { ...late, total_tokens: 6 }),
    ...hourCounters('03', OPUS, early),
    ...hourCounters('20', HAIKU, late),
  };
})();
const daysIn = (zone: string, of: Record<string, unknown> = item) =>
  Object.fromEntries(zonedItems(of, new Zone(zone)).map((each) => [String(each.user_period), each]));

describe('an item of a UTC day', () => {
  it('belongs to two days west of Greenwich', () => {
    const days = daysIn('America/Los_Angeles');
    expect(days['ann#2026-11-26']).toMatchObject({
      request_count: 2,
      input_tokens: 20,
      total_tokens: 24,
      cost_nano_usd: 9,
    });
    expect(days['ann#2026-11-27']).toMatchObject({
      request_count: 1,
      input_tokens: 5,
      total_tokens: 6,
      unpriced_count: 1,
    });
    expect(days['ann#2026-11-26']).toHaveProperty([modelCounter(OPUS, 'request_count')], 2);
    expect(days['ann#2026-11-26']).not.toHaveProperty([modelCounter(HAIKU, 'request_count')]);
  });

  it('belongs to two days east of Greenwich', () => {
    const days = daysIn('Asia/Seoul');
    expect(days['ann#2026-11-27']).toMatchObject({ request_count: 2 });
    expect(days['ann#2026-11-28']).toMatchObject({ request_count: 1 });
  });

  it('stays as it is in UTC', () => {
    expect(zonedItems(item, Zone.utc)).toEqual([item]);
  });

  it('keeps its sum where an earlier version counted no hours', () => {
    const old = { ...item, request_count: 10, [modelCounter(OPUS, 'request_count')]: 9 };
    const days = daysIn('America/Los_Angeles', old);
    expect(days['ann#2026-11-26']).toMatchObject({ request_count: 2 });
    expect(days['ann#2026-11-27']).toMatchObject({ request_count: 8 });
  });
});
