import { describe, expect, it } from '@jest/globals';
import { LISTED_MODELS, MODELS, modelNamed } from './model-table.js';

describe('modelNamed', () => {
  it.each([
    ['opus', 'claude-opus-5-5'],
    ['sonnet', 'claude-sonnet-5-5'],
    ['haiku', 'claude-haiku-5-5'],
    ['claude-opus-5', 'claude-opus-5'],
    ['claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
    ['anthropic/claude-opus-5-5', 'claude-opus-5-5'],
  ])('%s is %s', (name, id) => {
    expect(modelNamed(name)?.id).toBe(id);
  });

  it.each(['', 'gpt-4o', 'claude-opus', 'claude-opus-5-5-preview', 'claude-opus-5-50', 'Opus', 'opus-5', 'toString'])(
    'guesses nothing from %j',
    (name) => {
      expect(modelNamed(name)).toBeUndefined();
    },
  );
});

describe('the table', () => {
  it('names every model and alias once, newest first', () => {
    const names = MODELS.flatMap(({ id, aliases }) => [id, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    const dates = MODELS.map(({ released }) => released);
    expect(dates).toEqual([...dates].sort().reverse());
  });

  it('lets a short alias name the newest of its family', () => {
    for (const family of ['opus', 'sonnet', 'haiku']) {
      expect(MODELS.find(({ id }) => id.startsWith(`claude-${family}-`))).toBe(modelNamed(family));
    }
  });

  it('keeps models of limited access out of the list', () => {
    expect(LISTED_MODELS.some(({ id }) => id.includes('mythos'))).toBe(false);
    expect(modelNamed('claude-mythos-5-2')).toBeDefined();
  });
});
