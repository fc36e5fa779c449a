import { describe, expect, it } from '@jest/globals';
import { endOfLifeOf, MODELS, modelNamed } from './index.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

describe('the table of models', () => {
  it.each(MODELS.map((model) => [model.id, model] as const))('%s has a life in order and a price', (_id, model) => {
    const dates = [model.released, model.deprecated, model.retires].filter((date) => date !== undefined);
    for (const date of dates) expect(date).toMatch(DAY);
    expect(dates).toEqual([...dates].sort());
    expect(model.prices.output).toBeGreaterThan(model.prices.input);
    if (model.retires) expect(modelNamed(model.successor!)?.retires).toBeUndefined();
  });

  it('gives each name to one model', () => {
    const names = MODELS.flatMap(({ id, aliases }) => [id, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('never guesses by prefix', () => {
    expect(modelNamed('claude-opus-4')).toBeUndefined();
    expect(modelNamed('claude-opus-5-5-20260922')).toBeUndefined();
    expect(modelNamed('claude-opus-4-5')?.id).toBe('claude-opus-4-5-20251101');
  });
});

describe('endOfLifeOf', () => {
  const on = (day: string) => Date.parse(`${day}T23:59:59Z`);

  it('is silent until 60 days before the end, and names the successor from then on', () => {
    expect(endOfLifeOf('claude-sonnet-4-5', on('2026-09-30'))).toBeUndefined();
    expect(endOfLifeOf('claude-sonnet-4-5', on('2026-10-01'))).toEqual({
      model: 'claude-sonnet-4-5-20250929',
      retires: '2026-11-30',
      days: 60,
      successor: 'claude-sonnet-5-5',
    });
  });

  it('counts to the day itself and beyond', () => {
    expect(endOfLifeOf('claude-sonnet-4-5', on('2026-11-30'))?.days).toBe(0);
    expect(endOfLifeOf('claude-sonnet-4-5', on('2026-12-02'))?.days).toBe(-2);
  });

  it('has nothing to say of a model without an end, or one that is not known', () => {
    expect(endOfLifeOf('claude-opus-5-5', on('2027-12-31'))).toBeUndefined();
    expect(endOfLifeOf('claude-unknown-9', on('2026-11-30'))).toBeUndefined();
  });
});
