import { describe, expect, it } from '@jest/globals';
import { ClaudeModels, endOfLifeOf, lifecycleOf, MODELS, namesOf } from './index.js';

const models = new ClaudeModels();
const DAY = /^\d{4}-\d{2}-\d{2}$/;

describe('the table of models', () => {
  it.each(MODELS.map((model) => [model.id, model] as const))('%s has a life in order and a price', (_id, model) => {
    const dates = [model.released, model.deprecated, model.retires].filter((date) => date !== undefined);
    for (const date of dates) expect(date).toMatch(DAY);
    expect(dates).toEqual([...dates].sort());
    expect(model.prices!.output).toBeGreaterThan(model.prices!.input);
    if (model.retires) expect(models.named(model.successor!)?.retires).toBeUndefined();
  });

  it('gives each name to one model', () => {
    const names = MODELS.flatMap((model) => [...namesOf(model), model.shortName, model.bedrock?.baseId]).filter(
      Boolean,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('is sorted newest first, and a short name belongs to the newest of its family', () => {
    const dates = MODELS.map(({ released }) => released);
    expect(dates).toEqual([...dates].sort().reverse());
    for (const family of ['opus', 'sonnet', 'haiku']) {
      expect(MODELS.find(({ id }) => id.startsWith(`claude-${family}-`))).toBe(models.withShortName(family));
    }
  });

  it('finds a model by its id on Bedrock', () => {
    expect(models.withBedrockId('anthropic.claude-opus-4-6-v1')?.id).toBe('claude-opus-4-6');
    expect(models.withBedrockId('us.anthropic.claude-opus-4-6-v1')).toBeUndefined();
  });

  it('never guesses by prefix', () => {
    expect(models.named('claude-opus-4')).toBeUndefined();
    expect(models.named('claude-opus-5-5-20260922')).toBeUndefined();
    expect(models.named('claude-opus-4-5')?.id).toBe('claude-opus-4-5-20251101');
  });
});

describe('endOfLifeOf', () => {
  const on = (day: string) => Date.parse(`${day}T23:59:59Z`);
  const endOf = (name: string, nowMs: number) => endOfLifeOf(models.named(name), nowMs);

  it('is silent until 60 days before the end, and names the successor from then on', () => {
    expect(endOf('claude-sonnet-4-5', on('2026-09-30'))).toBeUndefined();
    expect(endOf('claude-sonnet-4-5', on('2026-10-01'))).toEqual({
      model: 'claude-sonnet-4-5-20250929',
      retires: '2026-11-30',
      days: 60,
      successor: 'claude-sonnet-5-5',
    });
  });

  it('counts to the day itself and beyond', () => {
    expect(endOf('claude-sonnet-4-5', on('2026-11-30'))?.days).toBe(0);
    expect(endOf('claude-sonnet-4-5', on('2026-12-02'))?.days).toBe(-2);
  });

  it('has nothing to say of a model without an end, or one that is not known', () => {
    expect(endOf('claude-opus-5-5', on('2027-12-31'))).toBeUndefined();
    expect(endOf('claude-unknown-9', on('2026-11-30'))).toBeUndefined();
  });

  it('follows the words of the list of models', () => {
    const model = models.named('claude-sonnet-4-5')!;
    const days = ['2026-09-29', '2026-09-30', '2026-11-29', '2026-11-30'];
    expect(days.map((day) => lifecycleOf(model, on(day)))).toEqual(['active', 'deprecated', 'deprecated', 'retired']);
    expect(lifecycleOf(models.named('claude-opus-5-5')!, on('2026-11-30'))).toBe('active');
  });
});
