import { bodyOfBytes, UpstreamError, type UpstreamErrorOptions } from '@claude-proxy/upstream';
import { describe, expect, it } from '@jest/globals';
import { type FailedUpstream, finalAnswer } from './final-answer.js';

const answered = (status: number) => ({ status, headers: [], body: bodyOfBytes('{}') });
const failed = (name: string, options: Partial<UpstreamErrorOptions>, isUnfit = false): FailedUpstream => ({
  name,
  error: new UpstreamError({ failure: 'rate_limited', message: 'm', ...options }),
  isUnfit,
});
const anthropic = (options: Partial<UpstreamErrorOptions> = {}) =>
  failed('anthropic', { retryAfterSeconds: 3_600, answer: answered(429), ...options });
const bedrock = (options: Partial<UpstreamErrorOptions> = {}) => failed('bedrock', options);
const unfit = failed('bedrock', { failure: 'rejected' }, true);
const missing = anthropic({ failure: 'rejected', isCredentialMissing: true, answer: answered(503) });
const endOf = (failedUpstreams: readonly FailedUpstream[], isDrill = false) => {
  const answer = finalAnswer({ failed: failedUpstreams, firstChoice: 'anthropic', isDrill });
  if (answer.act === 'hand_on') return [answer.upstream.name, answer.isFinal ? 'final' : 'as it came'];
  const { status, headers } = answer.error;
  return [status, headers['retry-after'], headers['x-should-retry']];
};
const closed = { answer: undefined, wasAsked: false, isWorthWaiting: false, retryAfterSeconds: 40 } as object;

describe('when every upstream has failed, the client gets', () => {
  it.each<[string, FailedUpstream[], unknown[]]>([
    [
      'a refusal that it can act on, of whichever upstream',
      [anthropic(), bedrock({ failure: 'rejected', isForCaller: true, answer: answered(400) })],
      ['bedrock', 'as it came'],
    ],
    [
      'what the first choice found wrong with the request',
      [bedrock({}), anthropic({ failure: 'rejected', answer: answered(400) })],
      ['anthropic', 'as it came'],
    ],
    [
      'the refusal of the fallback, where the operator has no credential for the first choice',
      [missing, bedrock({ failure: 'rejected', answer: answered(400) })],
      ['bedrock', 'as it came'],
    ],
    ['a moment to wait for the fallback alone', [missing, bedrock()], [429, '5', undefined]],
    ['a fault of the set-up where nothing is left', [missing], [503, undefined, 'false']],
    ['the same where no other upstream takes it', [missing, unfit], [503, undefined, 'false']],
    ['an end where only the limited upstream takes such a request', [anthropic(), unfit], ['anthropic', 'final']],
    [
      'an end where that limit names no time',
      [anthropic({ retryAfterSeconds: undefined as never, isWorthWaiting: false }), unfit],
      ['anthropic', 'final'],
    ],
    ['a short window to wait for', [anthropic({ retryAfterSeconds: 10 }), unfit], ['anthropic', 'as it came']],
    ['an end of ours while the limit is remembered', [unfit, anthropic(closed)], [429, '40', 'false']],
    [
      'an overload, which passes, although no other upstream takes the request',
      [anthropic({ failure: 'overloaded', answer: answered(529) }), unfit],
      ['anthropic', 'as it came'],
    ],
    ['a moment to wait, where the fallback is throttled', [anthropic(), bedrock()], [429, '5', undefined]],
    [
      'the moment that the fallback names',
      [anthropic(), bedrock({ failure: 'overloaded', retryAfterSeconds: 11.2 })],
      [429, '12', undefined],
    ],
    [
      'the answer of the first choice, where the fallback is closed for long',
      [anthropic(), bedrock({ retryAfterSeconds: 60 })],
      ['anthropic', 'as it came'],
    ],
    [
      'the answer of the first choice, where the quota of the fallback is spent',
      [anthropic(), bedrock({ isWorthWaiting: false })],
      ['anthropic', 'as it came'],
    ],
    [
      'the answer of the first choice, where the fallback is broken or refuses',
      [anthropic(), bedrock({ failure: 'unreachable' }), failed('acme', { failure: 'rejected' })],
      ['anthropic', 'as it came'],
    ],
    [
      'an error of ours where no upstream answered',
      [anthropic({ failure: 'unreachable', answer: undefined as never }), bedrock({ failure: 'unreachable' })],
      [502, undefined, undefined],
    ],
  ])('%s', (_name, failedUpstreams, expected) => {
    expect(endOf(failedUpstreams)).toEqual(expected);
  });

  it('in a drill an end, whether the fallback is unfit, broken or switched off', () => {
    const drilled = anthropic({ answer: undefined as never, retryAfterSeconds: 60, isWorthWaiting: false });
    expect(endOf([drilled, unfit], true)).toEqual([429, '60', 'false']);
    expect(endOf([drilled, bedrock({ failure: 'unreachable' })], true)).toEqual([503, undefined, 'false']);
    expect(endOf([drilled], true)).toEqual([429, '60', 'false']);
  });

  it('in a drill a moment to wait, where the fallback is throttled', () => {
    const drilled = anthropic({ answer: undefined as never });
    expect(endOf([drilled, bedrock()], true)).toEqual([429, '5', undefined]);
  });
});
