import { describe, expect, it } from '@jest/globals';
import { listedIdentity } from '../auth/keys/key-identity.js';
import { isMasked, maskingScopesOf } from './masking-scopes.js';

const keyOf = (user: string | null, change: { team?: string; masking?: 'on' | 'off' } = {}) => ({
  ...listedIdentity('0123456789'),
  id: 'k1',
  user,
  ...change,
});

describe('whether a caller is masked', () => {
  const scopes = maskingScopesOf({
    'team:core': 'on',
    'team:lab': 'off',
    'user:alice': 'on',
    'user:ci': 'off',
    'key:k2': 'off',
  });

  it.each([
    ['nothing said, off by default', { user: 'bob' }, undefined, false, false],
    ['nothing said, on by default', { user: 'bob' }, undefined, true, true],
    ['a key that says on', { user: 'bob', clientKey: keyOf('bob', { masking: 'on' }) }, undefined, false, true],
    ['a key that says off', { user: 'alice', clientKey: keyOf('alice', { masking: 'off' }) }, 'core', true, false],
    ['a key that is listed', { user: 'alice', clientKey: { ...keyOf('alice'), id: 'k2' } }, 'core', true, false],
    ['a user that is on', { user: 'alice' }, undefined, false, true],
    ['a user that is off, by its key', { user: 'ci', clientKey: keyOf('ci') }, undefined, true, false],
    ['a user that is off, by the path only', { user: 'ci' }, undefined, true, true],
    ['a user that is off, by the key of another', { user: 'ci', clientKey: keyOf('bob') }, undefined, true, true],
    ['a team that is on', { user: 'bob' }, 'core', false, true],
    ['a team that is off, by its key', { user: 'bob', clientKey: keyOf(null, { team: 'lab' }) }, 'lab', true, false],
    ['a team that is off, by the path only', { user: 'bob' }, 'lab', true, true],
    ['a user before its team', { user: 'alice', clientKey: keyOf('alice') }, 'lab', false, true],
  ])('%s', (_name, caller, team, isOn, expected) => {
    expect(isMasked(caller, team, scopes, isOn)).toBe(expected);
  });

  it('is refused at the start for an entry that cannot be used', () => {
    expect(() => maskingScopesOf({ 'team:core': 'yes', alice: 'on' })).toThrow(/MASKING_SCOPES has "team:core": "yes"/);
  });
});
