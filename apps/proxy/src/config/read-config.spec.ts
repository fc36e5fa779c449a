import { describe, expect, it } from '@jest/globals';
import { effectiveSections, effectiveSettings } from './effective-settings.js';
import { httpUrl, secret, wholeNumber } from './kinds.js';
import { ConfigError, readConfig } from './read-config.js';
import { section, setting } from './section.js';

const SECTIONS = [
  section('door', 'Where one comes in.', {
    width: setting('DOOR_WIDTH', wholeNumber(1, 9), 'In metres.', '2'),
    height: setting('DOOR_HEIGHT', wholeNumber(1, 9), 'In metres.'),
  }),
  section('safe', 'What is kept.', {
    code: setting(
      'SAFE_CODE',
      { ...secret, schema: secret.schema.refine((code) => code.reveal() !== 'bad-hush') },
      'Opens it.',
    ),
  }),
];

describe('readConfig', () => {
  it('hands out what is set, defaults, and undefined where there is none', () => {
    expect(readConfig({ DOOR_WIDTH: ' 3 ' }, SECTIONS)).toMatchObject({ door: { width: 3, height: undefined } });
    expect(readConfig({}, SECTIONS)).toMatchObject({ door: { width: 2 } });
  });

  it('takes an empty variable for one that is unset', () => {
    expect(readConfig({ DOOR_WIDTH: '', DOOR_HEIGHT: '  ' }, SECTIONS)).toEqual(readConfig({}, SECTIONS));
  });

  it('freezes every section', () => {
    const config = readConfig({}, SECTIONS);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.values(config).every(Object.isFrozen)).toBe(true);
  });

  it('names every fault at once, with variable, value and what is allowed, and no secret', () => {
    const faulty = { DOOR_WIDTH: '12', DOOR_HEIGHT: 'tall', SAFE_CODE: 'bad-hush' };
    let thrown: unknown;
    try {
      readConfig(faulty, SECTIONS);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as ConfigError).message.split('\n')).toEqual([
      'The configuration has 3 faults:',
      '  - DOOR_WIDTH is "12"; allowed: a whole number from 1 to 9',
      '  - DOOR_HEIGHT is "tall"; allowed: a whole number from 1 to 9',
      '  - SAFE_CODE is [secret]; allowed: a secret text',
    ]);
  });
});

describe('a URL with a password', () => {
  it('is refused without quoting the password', () => {
    const url = 'http://operator:p@ss@house.example:8000/base';
    const lodge = section('lodge', 'Another one.', { url: setting('LODGE_URL', httpUrl, 'Where it is.') });
    expect(() => readConfig({ LODGE_URL: url }, [lodge])).toThrow(
      'LODGE_URL is "http://[secret]@house.example:8000/base"; allowed: an http or https URL without user',
    );
  });
});

describe('effectiveSettings', () => {
  it('shows what is in force, and of a secret only whether it is set', () => {
    expect(effectiveSettings(effectiveSections({ DOOR_HEIGHT: '4', SAFE_CODE: 'hush' }, SECTIONS))).toEqual({
      DOOR_WIDTH: '2',
      DOOR_HEIGHT: '4',
      SAFE_CODE: '[set]',
    });
    expect(effectiveSettings(effectiveSections({ SAFE_CODE: ' ' }, SECTIONS))).toMatchObject({
      SAFE_CODE: '[not set]',
      DOOR_HEIGHT: '[not set]',
    });
  });
});
