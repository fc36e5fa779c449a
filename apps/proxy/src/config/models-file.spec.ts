import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClaudeModels } from '@claude-proxy/claude-models';
import { describe, expect, it } from '@jest/globals';
import { modelsWith } from './models-file.js';
import type { ConfigError } from './read-config.js';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'models-'));
const PATH = join(DIRECTORY, 'models.json');
const builtIn = new ClaudeModels();
const NEW = { id: 'claude-opus-6', like: 'claude-opus-5-5', released: '2026-12-01' };

function read(content: unknown) {
  writeFileSync(PATH, typeof content === 'string' ? content : JSON.stringify(content));
  return modelsWith(PATH);
}

/** Without the beginning that all of them have. */
function faultsOf(content: unknown): string[] {
  try {
    read(content);
    return [];
  } catch (error) {
    return (error as ConfigError).faults.map((fault) => fault.replace(`MODELS_FILE is "${PATH}": `, ''));
  }
}

describe('a row with a new id', () => {
  it('has the capabilities of the model that it is like, and no name, price or place of it', () => {
    const { contextTokens, maxOutputTokens, thinkingTypes, efforts } = builtIn.named('claude-opus-5-5')!;
    const model = read([NEW]).named('claude-opus-6')!;
    expect(model).toMatchObject({
      displayName: 'claude-opus-6',
      contextTokens,
      maxOutputTokens,
      thinkingTypes,
      efforts,
    });
    for (const member of ['prices', 'bedrock', 'shortName', 'aliases', 'like'])
      expect(model).not.toHaveProperty(member);
  });

  it('says otherwise what it says itself, with efforts in their order', () => {
    const model = read([{ ...NEW, contextTokens: 2_000_000, efforts: ['max', 'low'] }]).named('claude-opus-6');
    expect(model).toMatchObject({ contextTokens: 2_000_000, efforts: ['low', 'max'] });
  });

  it('takes from its like what a generation has in common on Bedrock', () => {
    const bedrock = { baseId: 'anthropic.claude-opus-6', geographies: ['eu'] };
    const models = read([{ ...NEW, like: 'claude-opus-4-1', bedrock }]);
    const { betas, hasCacheTtl } = builtIn.named('claude-opus-4-1')!.bedrock!;
    expect(models.named('claude-opus-6')!.bedrock).toEqual({
      ...bedrock,
      betas,
      hasCacheTtl,
      hasRegionalSurcharge: false,
    });
    expect(models.withBedrockId('anthropic.claude-opus-6')?.id).toBe('claude-opus-6');
  });

  it('stands among the others by its day, newest first', () => {
    const ids = read([
      { ...NEW, released: '2026-10-01' },
      { ...NEW, id: 'claude-opus-7' },
    ]).rows.map(({ id }) => id);
    expect(ids[0]).toBe('claude-opus-7');
    expect(ids.indexOf('claude-opus-6')).toBe(ids.indexOf('claude-haiku-5-5') + 1);
  });

  it('needs no like where it says everything', () => {
    const { shortName: _name, ...whole } = builtIn.named('claude-opus-5-5')!;
    const row = { ...whole, id: 'claude-opus-6', bedrock: undefined };
    expect(read([row]).named('claude-opus-6')).toEqual(JSON.parse(JSON.stringify(row)));
  });
});

describe('a row with a known id', () => {
  it('changes the members that it names', () => {
    const prices = { input: 3, output: 15 };
    const changed = read([{ id: 'claude-opus-5-5', prices }]).named('claude-opus-5-5');
    expect(changed).toEqual({ ...builtIn.named('claude-opus-5-5'), prices });
  });

  it('with new prices has no steps of the old ones', () => {
    const prices = { input: 1, output: 5 };
    expect(read([{ id: 'claude-haiku-5-5', prices }]).named('claude-haiku-5-5')!.priceSteps).toBeUndefined();
  });

  it('leaves all other models as they are', () => {
    const others = ({ rows }: ClaudeModels) => rows.filter(({ id }) => id !== 'claude-opus-5-5');
    expect(others(read([{ id: 'claude-opus-5-5', retires: '2028-01-01' }]))).toEqual(others(builtIn));
  });
});

describe('a file that cannot be used', () => {
  it.each<[string, unknown, string]>([
    ['is not JSON', '{', 'the file is not JSON: '],
    ['is not a list', { id: 'x' }, 'the file holds {"id":"x"}; allowed: a list of rows'],
    ['has a row that is not an object', [7], 'row 1: it is 7; allowed: an object'],
    ['has a row without an id', [{ ...NEW, id: undefined }], 'row 1: id is missing; allowed: a name of at most 100'],
    ['has an id with a blank', [{ ...NEW, id: 'a b' }], 'row 1 ("a b"): id is "a b"; allowed: a name'],
    [
      'misspells a member',
      [{ ...NEW, price: {} }],
      'row 1 ("claude-opus-6"): "price" is not a member of a row; allowed: id, like,',
    ],
    [
      'misspells a member of a member',
      [{ ...NEW, prices: { input: 1, output: 2, cache: 3 } }],
      'row 1 ("claude-opus-6"): "prices.cache" is not a member of a row; allowed: input, output, cacheRead',
    ],
    [
      'has a price that is a text',
      [{ ...NEW, prices: { input: '4', output: 5 } }],
      'prices.input is "4"; allowed: US dollars per million',
    ],
    ['has half of the prices', [{ ...NEW, prices: { input: 4 } }], 'prices.output is missing; allowed: US dollars'],
    ['has a price below nothing', [{ ...NEW, prices: { input: -1, output: 5 } }], 'prices.input is -1; allowed: '],
    ['has a day that does not exist', [{ ...NEW, released: '2026-02-30' }], 'released is "2026-02-30"; allowed: a day'],
    ['has no day of release', [{ ...NEW, released: undefined }], 'released is missing; allowed: a day'],
    [
      'ends a model before it begins',
      [{ ...NEW, retires: '2026-11-30' }],
      'retires is "2026-11-30"; allowed: from released (2026-12-01) on',
    ],
    [
      'is like a model that is not built in',
      [{ ...NEW, like: 'opus' }],
      'like is "opus"; allowed: the id of a built-in model',
    ],
    [
      'does not say what the model accepts',
      [{ ...NEW, like: undefined, contextTokens: 1 }],
      'missing: maxOutputTokens, sampling, thinkingTypes, thinkingDisplays, efforts, takesForcedTools, takesSystemTurns; add them, or name in "like"',
    ],
    [
      'has an effort that no model has',
      [{ ...NEW, efforts: ['low', 'ultra'] }],
      'efforts[1] is "ultra"; allowed: "low", "medium"',
    ],
    [
      'has a context of nothing',
      [{ ...NEW, contextTokens: 0 }],
      'contextTokens is 0; allowed: a whole number of tokens',
    ],
    [
      'has a profile in place of the id on Bedrock',
      [{ ...NEW, bedrock: { baseId: 'us.anthropic.claude-opus-6', geographies: [] } }],
      'bedrock.baseId is "us.anthropic.claude-opus-6"; allowed: an id of Bedrock without the prefix',
    ],
    [
      'has a Region in place of a geography',
      [{ ...NEW, bedrock: { baseId: 'anthropic.claude-opus-6', geographies: ['us-east-1'] } }],
      'bedrock.geographies[0] is "us-east-1"; allowed: "us", "eu"',
    ],
    ['names a model twice', [NEW, NEW], 'row 1 ("claude-opus-6"): id is "claude-opus-6", which the list has twice'],
    [
      'takes the alias of another model',
      [{ ...NEW, id: 'claude-opus-4-5' }],
      'id is "claude-opus-4-5", which claude-opus-4-5-20251101 has',
    ],
    [
      'takes the short name of another model',
      [{ ...NEW, shortName: 'opus' }],
      'shortName is "opus", which claude-opus-5-5 has',
    ],
    [
      'takes the id on Bedrock of another model',
      [{ ...NEW, bedrock: { baseId: 'anthropic.claude-opus-5-5', geographies: [] } }],
      'bedrock.baseId is "anthropic.claude-opus-5-5", which claude-opus-5-5 has',
    ],
    [
      'names a successor that is not known',
      [{ ...NEW, successor: 'claude-opus-9' }],
      'successor is "claude-opus-9"; allowed: ',
    ],
  ])('%s', (_name, content, fault) => {
    expect(faultsOf(content)).toContainEqual(expect.stringContaining(fault));
  });

  it('names every fault of every row at once', () => {
    const faults = faultsOf([{ ...NEW, prices: { input: '4', output: -1 } }, { id: 'x y' }, { id: 'z', like: 'opus' }]);
    expect(faults.map((fault) => /^row \d.*?: \S+/.exec(fault)?.[0])).toEqual([
      'row 1 ("claude-opus-6"): prices.input',
      'row 1 ("claude-opus-6"): prices.output',
      'row 2 ("x y"): id',
      'row 3 ("z"): like',
      'row 3 ("z"): released',
    ]);
  });

  it('is named where it is missing', () => {
    const path = join(DIRECTORY, 'none.json');
    expect(() => modelsWith(path)).toThrow(`MODELS_FILE is "${path}": the file cannot be read: ENOENT`);
  });
});
