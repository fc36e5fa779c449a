import { ClaudeModels } from '@claude-proxy/claude-models';
import { describe, expect, it } from '@jest/globals';
import type { BedrockConfig } from './bedrock.config.js';
import { CAPABILITIES_OF_UNKNOWN, capabilitiesOf } from './model-capabilities.js';
import { asksForLongContext, placeOf, targetOf } from './models.js';

const models = new ClaudeModels();

const config = (changes: Partial<BedrockConfig> = {}): BedrockConfig => ({
  region: 'us-east-1',
  profile: 'auto',
  modelMap: {},
  ...changes,
});
const idOf = (model: string, changes: Partial<BedrockConfig> = {}) => {
  const target = targetOf(model, config(changes), models);
  return 'modelId' in target ? target.modelId : undefined;
};

describe('targetOf', () => {
  it.each([
    ['claude-opus-5-5', 'us.anthropic.claude-opus-5-5'],
    ['claude-opus-4-6', 'us.anthropic.claude-opus-4-6-v1'],
    ['claude-sonnet-4-6', 'us.anthropic.claude-sonnet-4-6'],
    ['claude-sonnet-4-5', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['claude-sonnet-4-5-20250929', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['claude-haiku-4-5-20251001', 'us.anthropic.claude-haiku-4-5-20251001-v1:0'],
    ['claude-opus-4-1', 'us.anthropic.claude-opus-4-1-20250805-v1:0'],
    ['claude-sonnet-4-20250514', 'us.anthropic.claude-sonnet-4-20250514-v1:0'],
  ])('maps %s to Bedrock’s id', (model, modelId) => {
    expect(idOf(model)).toBe(modelId);
  });

  it.each([
    ['claude-opus-5-5[1m]', 'us.anthropic.claude-opus-5-5'],
    ['claude-sonnet-4-5[1M]', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['claude-haiku-4-5-latest', 'us.anthropic.claude-haiku-4-5-20251001-v1:0'],
    ['claude-opus-5-5-latest[1m]', 'us.anthropic.claude-opus-5-5'],
    ['eu.anthropic.claude-opus-5-5[1m]', 'eu.anthropic.claude-opus-5-5'],
    [
      'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-5-5[1m]',
      'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-5-5',
    ],
  ])('ignores a context suffix in the name: %s', (model, modelId) => {
    expect(idOf(model)).toBe(modelId);
    expect(asksForLongContext(model)).toBe(/\[1m\]$/i.test(model));
  });

  it('finds a name with its suffix in the map, and without', () => {
    const modelMap = {
      'claude-opus-5-5[1m]': 'us.anthropic.claude-opus-5',
      'claude-opus-5': 'eu.anthropic.claude-opus-5',
    };
    expect(idOf('claude-opus-5-5[1m]', { modelMap })).toBe('us.anthropic.claude-opus-5');
    expect(idOf('claude-opus-5[1m]', { modelMap })).toBe('eu.anthropic.claude-opus-5');
  });

  it.each([
    'claude-opus-5-6',
    'claude-opus-5-5-20990101',
    'claude-opus-5-5[2m]',
    'claude-opus-9[1m]',
    'claude-opus',
    'claude-mythos-5-2',
    'gpt-5',
    '',
    '__proto__',
    'constructor',
  ])('has no model for "%s" and does not guess', (model) => {
    expect(targetOf(model, config(), models)).toHaveProperty('reason');
  });

  it.each([
    ['us-west-1', 'claude-opus-5-5', 'us.'],
    ['ca-central-1', 'claude-opus-5-5', 'us.'],
    ['eu-west-2', 'claude-opus-5-5', 'eu.'],
    ['ap-northeast-1', 'claude-opus-5-5', 'jp.'],
    ['ap-southeast-2', 'claude-opus-5-5', 'au.'],
    ['ap-south-1', 'claude-opus-5', 'in.'],
    ['ap-south-1', 'claude-opus-5-5', 'global.'],
    ['ap-southeast-1', 'claude-opus-5-5', 'global.'],
    ['ap-southeast-1', 'claude-sonnet-4-20250514', 'apac.'],
    ['ap-northeast-1', 'claude-sonnet-4-20250514', 'apac.'],
    ['ap-southeast-2', 'claude-sonnet-5-5', 'global.'],
    ['eu-west-1', 'claude-fable-5-2', 'global.'],
    ['sa-east-1', 'claude-haiku-5-5', 'global.'],
  ])('in %s maps %s to the prefix %s', (region, model, prefix) => {
    expect(idOf(model, { region })).toMatch(new RegExp(`^${prefix.replace('.', '\\.')}anthropic\\.`));
  });
});

describe('targetOf, with settings of the operator,', () => {
  it('respects BEDROCK_PROFILE', () => {
    expect(idOf('claude-opus-5-5', { profile: 'global' })).toBe('global.anthropic.claude-opus-5-5');
    expect(idOf('claude-opus-5-5', { profile: 'none' })).toBe('anthropic.claude-opus-5-5');
    expect(idOf('claude-opus-5-5', { profile: 'geo' })).toBe('us.anthropic.claude-opus-5-5');
    expect(idOf('claude-fable-5-2', { profile: 'geo', region: 'eu-west-1' })).toBeUndefined();
    expect(idOf('claude-opus-4-1', { profile: 'global' })).toBeUndefined();
    expect(idOf('claude-opus-4-1', { region: 'eu-west-1' })).toBeUndefined();
    expect(idOf('claude-opus-5-5', { region: 'us-gov-west-1' })).toBeUndefined();
  });

  it('prefers the map over the table', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
    const modelMap = { 'claude-opus-5-5': arn, 'claude-mythos-5-2': 'us.anthropic.claude-opus-4-8', other: 'x' };
    expect(targetOf('claude-opus-5-5', config({ modelMap }), models)).toEqual({
      modelId: arn,
      capabilities: capabilitiesOf(models.named('claude-opus-5-5')),
    });
    expect(targetOf('claude-mythos-5-2', config({ modelMap }), models)).toEqual({
      modelId: 'us.anthropic.claude-opus-4-8',
      capabilities: capabilitiesOf(models.named('claude-opus-4-8')),
    });
    expect(targetOf('other', config({ modelMap }), models)).toEqual({
      modelId: 'x',
      capabilities: CAPABILITIES_OF_UNKNOWN,
    });
  });

  it.each([
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929'],
    ['us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929'],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
    ['arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-opus-4-8', 'claude-opus-4-8'],
  ])('passes the id %s unchanged', (id, model) => {
    expect(targetOf(id, config(), models)).toEqual({ modelId: id, capabilities: capabilitiesOf(models.named(model)) });
  });

  it.each(['amazon.nova-pro-v1:0', 'arn:aws:s3:::bucket', 'xanthropic.claude', 'us.anthropic.'])(
    'does not accept "%s" as an id of Claude',
    (id) => {
      expect(targetOf(id, config(), models)).toHaveProperty('reason');
    },
  );

  it.each([
    ['us.anthropic.claude-opus-5-5', 'us'],
    ['eu.anthropic.claude-opus-5-5', 'eu'],
    ['us-gov.anthropic.claude-opus-5-5', 'us'],
    ['global.anthropic.claude-opus-5-5', 'global'],
    ['anthropic.claude-opus-5-5', 'ca'],
    ['arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-opus-5-5', 'eu'],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5', 'us'],
    ['arn:aws:bedrock:us-east-1:1:application-inference-profile/abc', undefined],
    ['a-provisioned-model', undefined],
  ])('returns the geography of %s', (modelId, place) => {
    expect(placeOf(modelId, 'ca-central-1')).toBe(place);
  });
});
