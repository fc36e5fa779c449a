import { describe, expect, it } from '@jest/globals';
import type { KeyIdentity } from './keys/key-identity.js';
import { mayDo, type Needed, OPERATOR, principalOfKey } from './principal.js';

const key = (change: Partial<KeyIdentity>): KeyIdentity => ({
  ...{ id: 'AbCd0123', user: 'alice', team: null, roles: [], models: null, endpoints: null, limits: {} },
  ...change,
});

describe('a principal', () => {
  it.each<[name: string, change: Partial<KeyIdentity>, may: readonly Needed[]]>([
    ['a key', {}, ['user']],
    ['a delegate', { roles: ['delegate'] }, ['user']],
    ['a viewer of a team', { roles: ['viewer'], team: 'core' }, ['user', 'team']],
    ['a viewer', { roles: ['user', 'viewer'] }, ['user', 'team', 'viewer']],
    ['an admin of a team', { roles: ['viewer', 'admin'], team: 'core' }, ['user', 'team', 'viewer', 'admin']],
  ])('with %s may do what its role allows', (_name, change, may) => {
    const principal = principalOfKey(key(change));
    expect((['user', 'team', 'viewer', 'admin'] as const).filter((needed) => mayDo(principal, needed))).toEqual(may);
  });

  it('with the admin token may do everything', () => {
    expect(mayDo(OPERATOR, 'admin')).toBe(true);
  });
});
