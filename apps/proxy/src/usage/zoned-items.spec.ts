import type { Item } from '@claude-proxy/storage';
import { describe, expect, it } from '@jest/globals';
import { Zone } from '../recording/zone.js';
import { emptyCounts, hourCounters, modelCounter, modelName } from './usage-counters.js';
import { zonedItems } from './zoned-items.js';

const OPUS = 'claude-opus-5-5';
const HAIKU = 'claude-haiku-5-5';
const EARLY = { ...emptyCounts(), request_count: 2, input_tokens: 20, output_tokens: 4, cost_nano_usd: 9 };
const LATE = { ...emptyCounts(), request_count: 1, input_tokens: 5, output_tokens: 1, unpriced_count: 1 };
const TOTALS = {
  user_period: 'ann#2026-11-27#anthropic',
  request_type: 'anthropic',
  request_count: 3,
  input_tokens: 25,
  output_tokens: 5,
  total_tokens: 30,
  cost_nano_usd: 9,
  unpriced_count: 1,
};
const countersOf = (model: string, counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).map(([name, value]) => [modelCounter(model, name), value]));
const ofModels = {
  ...countersOf(OPUS, { ...EARLY, total_tokens: 24 }),
  ...countersOf(HAIKU, { ...LATE, total_tokens: 6 }),
};
const hours = { ...hourCounters('03', OPUS, EARLY), ...hourCounters('20', HAIKU, LATE) };
/** `3#abcdr` → `03#abcd#r` */
const earlierHours = Object.fromEntries(
  Object.entries(hours).map(([name, value]) => [
    name.replace(/^(.)#(.{4})/, (_all, hour, mark) => `${String(Number.parseInt(hour, 36)).padStart(2, '0')}#${mark}#`),
    value,
  ]),
);
/** A day with 2 requests at 03:00 and one at 20:00, UTC. */
const item: Item = { ...TOTALS, ...modelName(OPUS), ...modelName(HAIKU), ...hours };
const earlierItem: Item = { ...TOTALS, ...ofModels, ...earlierHours };

const daysIn = (zone: string, of: Item) =>
  Object.fromEntries(zonedItems(of, new Zone(zone)).map((each) => [String(each.user_period), each]));

describe.each([
  ['an item of a UTC day', item],
  ['an item of an earlier version, with counters per model and longer names', earlierItem],
])('%s', (_name, stored) => {
  it('belongs to two days west of Greenwich', () => {
    const days = daysIn('America/Los_Angeles', stored);
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
    expect(days['ann#2026-11-26']).toHaveProperty([modelCounter(OPUS, 'total_tokens')], 24);
    expect(days['ann#2026-11-26']).not.toHaveProperty([modelCounter(HAIKU, 'request_count')]);
  });

  it('belongs to two days east of Greenwich', () => {
    const days = daysIn('Asia/Seoul', stored);
    expect(days['ann#2026-11-27']).toMatchObject({ request_count: 2 });
    expect(days['ann#2026-11-28']).toMatchObject({ request_count: 1 });
  });

  it('has the sums of each model in UTC', () => {
    const [day, ...others] = zonedItems(stored, Zone.utc);
    expect(others).toEqual([]);
    const counted = Object.fromEntries(Object.entries(ofModels).filter(([, value]) => value > 0));
    expect(day).toMatchObject({ ...TOTALS, ...counted });
  });
});

describe('an item that an earlier version began and this one went on with', () => {
  const more = { ...emptyCounts(), request_count: 4, input_tokens: 40 };
  const both: Item = {
    ...hourCounters('21', OPUS, more),
    ...earlierItem,
    ...modelName(OPUS),
    request_count: 7,
    input_tokens: 65,
    total_tokens: 70,
  };

  it('counts the parts of both', () => {
    const [day] = zonedItems(both, Zone.utc);
    expect(day).toHaveProperty([modelCounter(OPUS, 'request_count')], 6);
    expect(day).toHaveProperty([modelCounter(OPUS, 'input_tokens')], 60);
    expect(day).toHaveProperty([modelCounter(HAIKU, 'request_count')], 1);
  });

  it('belongs to the days of its hours', () => {
    const days = daysIn('America/Los_Angeles', both);
    expect(days['ann#2026-11-26']).toMatchObject({ request_count: 2, input_tokens: 20 });
    expect(days['ann#2026-11-27']).toMatchObject({ request_count: 5, input_tokens: 45 });
  });
});

describe('an item of a version that counted no hours', () => {
  it('keeps its sum in the middle of its day', () => {
    const old = { ...earlierItem, request_count: 10, [modelCounter(OPUS, 'request_count')]: 9 };
    const days = daysIn('America/Los_Angeles', old);
    expect(days['ann#2026-11-26']).toMatchObject({ request_count: 2 });
    expect(days['ann#2026-11-27']).toMatchObject({ request_count: 8 });
  });
});
