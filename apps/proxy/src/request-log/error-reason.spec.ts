import { describe, expect, it } from '@jest/globals';
import type { Attempt } from '../exchange/exchange.js';
import { errorIn, errorOf } from './error-reason.js';

const failed = (failure?: Attempt['failure']): Attempt => ({
  upstream: 'anthropic',
  durationMs: 1,
  ...(failure && { failure }),
});

describe('errorOf', () => {
  it.each([
    ['a throttle of the gateway', { outcome: 'refused', status: 429, attempts: [] }, 429, 'gateway'],
    [
      'the last of several failures',
      { outcome: 'refused', status: 529, attempts: [failed('rate_limited'), failed('overloaded')] },
      529,
      'overloaded',
    ],
    ['a refusal that was relayed', { outcome: 'refused', status: 400, attempts: [failed()] }, 400, 'rejected'],
    ['an answer that was cut off', { outcome: 'broken', status: 200, attempts: [failed()] }, 200, 'broken'],
  ] as const)('names %s', (_name, ending, status, reason) => {
    expect(errorIn(errorOf(ending))).toEqual({ status, reason });
  });
});
