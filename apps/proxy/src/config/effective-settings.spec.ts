import { describe, expect, it } from '@jest/globals';
import { effectiveSections, effectiveSettings } from './effective-settings.js';
import { secret, text } from './kinds.js';
import { section, setting } from './section.js';

const settings = section('room', 'A room.', {
  address: setting('ADDRESS', text, 'An address.', 'http://localhost'),
  key: setting('KEY', secret, 'A key.'),
});
const shown = (environment: Readonly<Record<string, string>>) =>
  effectiveSettings(effectiveSections(environment, [settings]));

describe('the settings in force', () => {
  it('have no secret, and no password of a URL', () => {
    const environment = { ADDRESS: ' http://user:hush@host:1/path@2 ', KEY: 'hush' };
    expect(shown(environment)).toEqual({ ADDRESS: 'http://[secret]@host:1/path@2', KEY: '[set]' });
  });

  it('are the defaults where nothing is set', () => {
    expect(shown({ ADDRESS: '' })).toEqual({ ADDRESS: 'http://localhost', KEY: '[not set]' });
  });
});
