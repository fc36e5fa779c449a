import { describe, expect, it } from '@jest/globals';
import { patternFault } from './own-rules.js';

describe('the pattern of an own rule', () => {
  it.each(['ORION-[0-9]{2}', 'ACME-[0-9]{6}', '[a-z]{1,20}\\.corp\\.example'])('%s is accepted', (pattern) => {
    expect(patternFault(pattern)).toBeUndefined();
  });

  it.each([
    ['(a+)+b', /repeats a group/],
    ['a*a*a*a*a*c', /takes more than 100 ms/],
    ['(a)\\1', /back-reference/],
    ['(', /not a regular expression/],
    ['x*', /matches an empty text/],
  ])('%s is refused with the reason', (pattern, reason) => {
    expect(patternFault(pattern)).toMatch(reason);
  });
});
