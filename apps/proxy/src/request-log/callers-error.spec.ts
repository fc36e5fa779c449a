import { describe, expect, it } from '@jest/globals';
import { isCallersError } from './callers-error.js';

const ATTEMPT = { upstream: 'anthropic', durationMs: 1 };
const refused = { outcome: 'refused' as const, status: 400, attempts: [ATTEMPT], hasOperatorCredential: false };

describe('isCallersError', () => {
  it.each([
    ['an invalid request', {}, true],
    ['a wrong key of the caller', { status: 401 }, true],
    ['a wrong key of the operator', { status: 401, hasOperatorCredential: true }, false],
    ['an unpaid key of the caller', { status: 402 }, true],
    ['an unpaid key of the operator', { status: 402, hasOperatorCredential: true }, false],
    ['a bad request with the key of the operator', { hasOperatorCredential: true }, true],
    ['a throttled caller', { status: 429, attempts: [] }, true],
    ['a limit at Anthropic without a fallback', { status: 429 }, false],
    ['an overload', { status: 529 }, false],
    ['a caller who left', { outcome: 'aborted' as const, status: 499 }, false],
    ['a stream that began with an error', { status: 200 }, false],
  ])('%s', (_name, special, isOfCaller) => {
    expect(isCallersError({ ...refused, ...special })).toBe(isOfCaller);
  });
});
