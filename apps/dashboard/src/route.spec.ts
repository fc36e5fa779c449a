import { describe, expect, it } from '@jest/globals';
import { hashOf, routeOf } from './route.js';

describe('routeOf', () => {
  it.each(['', '#', '#/', '#/nowhere', '#/overview'])('leads from %j to the overview', (hash) => {
    expect(routeOf(hash).page).toBe('overview');
  });

  it.each(['alice@example.com', '김철수', 'a/b?c#d', '100%'])('finds %j again in what hashOf wrote', (user) => {
    const { page, argument, query } = routeOf(hashOf('users', user, { days: '30' }));
    expect([page, argument, query.get('days')]).toEqual(['users', user, '30']);
  });

  it('takes a broken escape as it stands', () => {
    expect(routeOf('#/users/100%').argument).toBe('100%');
  });
});
