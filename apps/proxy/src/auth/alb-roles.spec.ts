import { describe, expect, it } from '@jest/globals';
import { principalOfPerson } from './alb-roles.js';

const ALICE = { subject: 'sub-1', email: 'Alice@example.com' };
const LISTS = { admins: ['ops', 'root@example.com'], viewers: ['@example.com', 'sub-2'] };

describe('a person who has signed in at the load balancer', () => {
  it('is an operator if no role is configured', () => {
    const principal = principalOfPerson(ALICE, { admins: [], viewers: [] });
    expect(principal).toEqual({ role: 'admin', user: 'Alice@example.com', team: null, keyId: null });
  });

  it.each([
    [{ subject: 's', email: 'ROOT@example.com' }, 'admin'],
    [{ subject: 's', groups: ['dev', 'ops'] }, 'admin'],
    [ALICE, 'viewer'],
    [{ subject: 'sub-2' }, 'viewer'],
    [{ subject: 'sub-3', email: 'eve@example.com.evil.test' }, 'user'],
    [{ subject: 'sub-3', email: 'eve@notexample.com' }, 'user'],
    [{ subject: 'sub-3' }, 'user'],
  ])('%j has the role %s by the lists', (person, role) => {
    expect(principalOfPerson(person, LISTS).role).toBe(role);
  });

  it('sees its team only if it is a viewer with a team', () => {
    expect(principalOfPerson({ ...ALICE, team: 'core' }, LISTS)).toMatchObject({ role: 'viewer', team: 'core' });
    expect(principalOfPerson({ subject: 's', groups: ['ops'], team: 'core' }, LISTS).team).toBeNull();
  });
});
