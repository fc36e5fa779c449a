import { describe, expect, it } from '@jest/globals';
import { parametersOf } from './query-parameters.js';

describe('parametersOf', () => {
  it('returns the set parameters', () => {
    expect(parametersOf({ user: 'alice', model: '' })).toEqual({ user: 'alice' });
  });

  it('refuses a repeated parameter, and one that is too long', () => {
    expect(() => parametersOf({ user: ['a', 'b'] })).toThrow('user is "a,b"; allowed: one value.');
    expect(() => parametersOf({ user: 'e\u0301'.repeat(10_000) })).toThrow(
      /^user is "(e\u0301){30}"; allowed: at most 2048/,
    );
  });
});
