import { ClaudeModels } from '@claude-proxy/claude-models';
import { describe, expect, it } from '@jest/globals';
import { ModelCatalog } from './model.catalog.js';

const TODAY = Date.parse('2026-11-27');
const catalog = new ModelCatalog(new ClaudeModels(), { 'gpt-4o': 'sonnet' });
const listed = (nowMs = TODAY) => catalog.listed(nowMs).map(([id]) => id);

describe('the catalog', () => {
  it.each([
    ['opus', 'claude-opus-5-5'],
    ['sonnet', 'claude-sonnet-5-5'],
    ['haiku', 'claude-haiku-5-5'],
    ['claude-opus-5', 'claude-opus-5'],
    ['claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
    ['anthropic/claude-opus-5-5', 'claude-opus-5-5'],
    ['gpt-4o', 'claude-sonnet-5-5'],
  ])('finds under %s the model %s', (name, id) => {
    expect(catalog.find(name)?.id).toBe(id);
  });

  it.each(['', 'gpt-4', 'claude-opus', 'claude-opus-5-5-preview', 'claude-opus-5-50', 'Opus', 'opus-5', 'toString'])(
    'guesses nothing from %j',
    (name) => {
      expect(catalog.find(name)).toBeUndefined();
    },
  );

  it('lists no model of limited access, and finds it by its name', () => {
    expect(listed().join()).not.toContain('mythos');
    expect(catalog.find('claude-mythos-5-2')).toBeDefined();
  });

  it('lists a model until the day on which Anthropic retires it, and finds it afterwards', () => {
    expect(listed(Date.parse('2026-11-29'))).toContain('claude-sonnet-4-5-20250929');
    expect(listed(Date.parse('2026-11-30'))).not.toContain('claude-sonnet-4-5-20250929');
    expect(listed()).not.toContain('claude-opus-4-1-20250805');
    expect(catalog.find('claude-opus-4-1')).toBeDefined();
  });

  it('refuses an alias of a model that is not known', () => {
    expect(() => new ModelCatalog(new ClaudeModels(), { fast: 'claude-opus-9' })).toThrow(
      'OPENAI_MODEL_ALIASES gives fast the model "claude-opus-9", which is not known; MODELS_FILE can add it',
    );
  });
});
