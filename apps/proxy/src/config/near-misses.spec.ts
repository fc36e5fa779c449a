import { describe, expect, it } from '@jest/globals';
import { SECTIONS } from '../sections.js';
import { text } from './kinds.js';
import { nearMisses } from './near-misses.js';
import { section, setting } from './section.js';

const OURS = [
  section('door', 'Where one comes in.', {
    width: setting('DOOR_WIDTH', text, 'In metres.'),
    height: setting('DOOR_HEIGHT', text, 'In metres.'),
    bell: setting('BELL', text, 'Rings.'),
  }),
];

describe('nearMisses', () => {
  it.each([
    ['a letter left out', 'DOOR_WIDT'],
    ['a letter too many', 'DOOR_WIDDTH'],
    ['two letters exchanged', 'DOOR_WITDH'],
    ['two wrong letters', 'DOOR_VIDDH'],
  ])('names what was probably meant: %s', (_name, mistyped) => {
    expect(nearMisses({ [mistyped]: '1' }, OURS)).toEqual([
      `${mistyped} is no variable of the gateway and is ignored. Is DOOR_WIDTH meant?`,
    ]);
  });

  it.each([
    ['our own', { DOOR_WIDTH: '1' }],
    ['what resembles one that is set', { DOOR_WIDTH: '1', DOOR_WIDTHS: '1' }],
    ['three edits', { DOOR_WIXYZ: '1' }],
    ['another beginning', { BOOR_WIDTH: '1' }],
    ['short names', { BELLS: '1', BELL_: '1' }],
  ])('says nothing of %s', (_name, environment) => {
    expect(nearMisses(environment, OURS)).toEqual([]);
  });

  it('says nothing of variables that AWS, Claude Code, Node and shells read', () => {
    const names =
      'ANTHROPIC_BASE_URL ANTHROPIC_MODEL ANTHROPIC_SMALL_FAST_MODEL ANTHROPIC_BEDROCK_BASE_URL ANTHROPIC_CUSTOM_HEADERS ANTHROPIC_LOG AWS_DEFAULT_REGION AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_BEARER_TOKEN_BEDROCK AWS_EC2_METADATA_DISABLED AWS_REGIONAL_ENDPOINT CLAUDE_CODE_USE_BEDROCK NODE_OPTIONS HOSTNAME HOSTTYPE LOGNAME REDIS_HOST REDIS_PORT OPENAI_API_KEY OPENAI_BASE_URL BEDROCK_BASE_URL';
    expect(nearMisses(Object.fromEntries(names.split(' ').map((name) => [name, 'x'])), SECTIONS)).toEqual([]);
  });

  it('has no two variables of ours take each other for a slip', () => {
    for (const { settings } of SECTIONS) {
      for (const { variable } of Object.values(settings)) expect(nearMisses({ [variable]: 'x' }, SECTIONS)).toEqual([]);
    }
  });
});
