import { describe, expect, it } from '@jest/globals';
import { detailWith } from './detail-for-specs.js';
import { type Filter, filterOf, matcherOf, searchOf, sortingOf } from './filter.js';
import { MAX_LINES, mergeLines } from './merge-lines.js';

describe('filterOf', () => {
  it('takes from the address what it knows, without blanks', () => {
    expect(filterOf(new URLSearchParams('user=%20alice&open=exc_1&model=&errors=true'))).toEqual({
      user: 'alice',
      errors: 'true',
    });
  });
});

describe('searchOf', () => {
  it('sends moments as UTC, and leaves out those that are none', () => {
    const search = searchOf({ since: '2026-11-21T10:00:00Z', until: 'soon' });
    expect(Object.fromEntries(search)).toEqual({ since: '2026-11-21T10:00:00.000Z' });
  });
});

describe('sortingOf', () => {
  it.each([
    ['', {}],
    ['sort=cost', { sort: 'cost' }],
    ['sort=time&order=asc', { order: 'asc' }],
    ['sort=shoe&order=up', {}],
  ])('reads %j', (query, sorting) => expect(sortingOf(new URLSearchParams(query))).toEqual(sorting));
});

const matches = (line: ReturnType<typeof detailWith>, filter: Filter) => matcherOf(filter)(line);

describe('matcherOf', () => {
  it.each([
    [{}, true],
    [{ user: 'alice', model: 'claude-opus-5-5', upstream: 'anthropic', outcome: 'completed', status: '200' }, true],
    [{ user: 'bob' }, false],
    [{ status: '429' }, false],
    [{ errors: 'true' }, false],
    [{ fallbacks: 'true' }, false],
    [{ slow_ms: '1000' }, true],
    [{ slow_ms: '1001' }, false],
    [{ since: '2026-11-21T09:00:00Z', until: '2026-11-21T11:00:00Z' }, true],
    [{ until: '2026-11-21T09:00:00Z' }, false],
  ])('%j: %s', (filter, isIn) => {
    expect(matches(detailWith({}), filter)).toBe(isIn);
  });

  it('finds a user however the accents of the name are spelled', () => {
    expect(matches(detailWith({ user: 'chlo\u00e9' }), { user: 'chloe\u0301' })).toBe(true);
  });

  it('finds answers of a fallback upstream by “fallback” and broken answers by “error”', () => {
    const line = detailWith({ is_fallback: true, fallback_reason: 'rate_limited', outcome: 'broken' });
    expect(matches(line, { fallbacks: 'true', errors: 'true' })).toBe(true);
  });

  it('takes a failure of all upstreams for no fallback', () => {
    const line = detailWith({ fallback_reason: 'bedrock: overloaded: busy', outcome: 'refused', status: 529 });
    expect(matches(line, { fallbacks: 'true' })).toBe(false);
  });
});

describe('mergeLines', () => {
  it('holds each exchange once, the newest first', () => {
    const [older, newer] = [detailWith({ id: 'a', started_at: 1 }), detailWith({ id: 'b', started_at: 2 })];
    expect(mergeLines([older], [newer, older]).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('holds the costliest first where it is sorted by cost, and those without a price last', () => {
    const lines = [0.1, null, 0.3].map((cost_usd, index) => detailWith({ id: `${index}`, cost_usd }));
    const order = { by: 'cost', isAscending: false } as const;
    expect(mergeLines(lines.slice(1), lines.slice(0, 1), order).map(({ id }) => id)).toEqual(['2', '0', '1']);
  });

  it('never holds more than a page can be open all day with', () => {
    const many = Array.from({ length: MAX_LINES + 50 }, (_, index) =>
      detailWith({ id: `${index}`, started_at: index }),
    );
    const merged = mergeLines([], many);
    expect(merged).toHaveLength(MAX_LINES);
    expect(merged[0]!.started_at).toBe(MAX_LINES + 49);
  });
});
