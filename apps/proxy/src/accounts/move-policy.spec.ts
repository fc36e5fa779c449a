import { describe, expect, it } from '@jest/globals';
import { type Closed, stepWhenClosed } from './move-policy.js';

const CLOSED: Closed = {
  policy: 'balanced',
  seconds: 4,
  secondsLeft: 10,
  isBurst: false,
  canMove: true,
  moveUsd: 0.72,
  waitSavesUsd: 0.05,
};

describe('the step of a session whose account is closed', () => {
  it.each<[string, Partial<Closed>, 'wait' | 'move']>([
    ['waits for a price above the threshold', {}, 'wait'],
    ['moves for a price below the threshold', { moveUsd: 0.04 }, 'move'],
    ['moves if the end is later than the request may wait', { seconds: 11 }, 'move'],
    ['moves if the end is not known', { seconds: undefined }, 'move'],
    ['moves if the session is not warm', { moveUsd: undefined }, 'move'],
    ['waits if no other account can serve it', { canMove: false, moveUsd: undefined }, 'wait'],
    ['waits for a burst limit, warm or not', { isBurst: true, moveUsd: undefined, policy: 'fast' }, 'wait'],
    ['moves at once under "fast"', { policy: 'fast' }, 'move'],
    ['waits for any price under "thrifty"', { policy: 'thrifty', moveUsd: 0.0001 }, 'wait'],
  ])('%s', (_name, given, step) => {
    expect(stepWhenClosed({ ...CLOSED, ...given })).toBe(step);
  });
});
