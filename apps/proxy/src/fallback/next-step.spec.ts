import { describe, expect, it } from '@jest/globals';
import { nextStep, type Rules, type Situation, type Step } from './next-step.js';

const RULES: Rules = {
  isEnabled: true,
  fallbackOn: ['rate_limited', 'overloaded', 'unreachable'],
  retryThresholdSeconds: 30,
  maxRetryWaitSeconds: 10,
};
const LIMITED: Situation = {
  failure: 'rate_limited',
  isForCaller: false,
  isFirstChoice: true,
  retryAfterSeconds: 60,
  isWorthWaiting: true,
  isBrokenOff: false,
  hasWaited: false,
};
const BROKEN_OFF: Partial<Situation> = { failure: 'unreachable', isFirstChoice: false, isBrokenOff: true };
const next: Step = { act: 'next' };
const giveUp: Step = { act: 'give_up' };
const wait = (seconds: number): Step => ({ act: 'wait', seconds });

describe('nextStep', () => {
  it.each<[string, Partial<Situation>, Partial<Rules>, Step]>([
    ['a long window: next', {}, {}, next],
    ['a window of exactly the longest wait: wait', { retryAfterSeconds: 10 }, {}, wait(10)],
    ['just above the longest wait: next', { retryAfterSeconds: 10.1 }, {}, next],
    [
      'above the threshold although below the longest wait: next',
      { retryAfterSeconds: 8 },
      { retryThresholdSeconds: 5 },
      next,
    ],
    ['a window of nothing: ask again at once', { retryAfterSeconds: 0 }, {}, wait(0)],
    ['waited before: next', { retryAfterSeconds: 5, hasWaited: true }, {}, next],
    ['no window known: next', { retryAfterSeconds: undefined }, {}, next],
    ['a spent budget: next', { retryAfterSeconds: 5, isWorthWaiting: false }, {}, next],
    ['waiting switched off by its length: next', { retryAfterSeconds: 0 }, { maxRetryWaitSeconds: 0 }, next],
    ['waiting switched off by its threshold: next', { retryAfterSeconds: 0 }, { retryThresholdSeconds: 0 }, next],
    ['fallback off, short window: wait', { retryAfterSeconds: 5 }, { isEnabled: false }, wait(5)],
    ['fallback off, long window: give up', {}, { isEnabled: false }, giveUp],
    ['429 not in FALLBACK_ON: give up', {}, { fallbackOn: ['overloaded'] }, giveUp],
    ['overloaded: next', { failure: 'overloaded' }, {}, next],
    ['overloaded not in FALLBACK_ON: give up', { failure: 'overloaded' }, { fallbackOn: [] }, giveUp],
    ['unreachable: next', { failure: 'unreachable' }, {}, next],
    ['timed out: give up by default', { failure: 'timed_out' }, {}, giveUp],
    ['timed out, listed: next', { failure: 'timed_out' }, { fallbackOn: ['timed_out'] }, next],
    ['rejected: give up', { failure: 'rejected' }, {}, giveUp],
    ['the caller has left: give up', { failure: 'aborted' }, {}, giveUp],
    ['a fallback upstream rejects: next', { failure: 'rejected', isFirstChoice: false }, {}, next],
    ['a fallback upstream breaks off before its content: ask again', BROKEN_OFF, {}, wait(0.25)],
    ['a fallback upstream breaks off again: next', { ...BROKEN_OFF, hasWaited: true }, {}, next],
    ['the first choice breaks off before its content: next', { ...BROKEN_OFF, isFirstChoice: true }, {}, next],
    ['a fallback upstream times out: next', { failure: 'timed_out', isFirstChoice: false }, {}, next],
    [
      'a fallback upstream with an answer for the caller: give up',
      { failure: 'rejected', isFirstChoice: false, isForCaller: true },
      {},
      giveUp,
    ],
    ['a fallback upstream when the caller has left: give up', { failure: 'aborted', isFirstChoice: false }, {}, giveUp],
  ])('%s', (_name, situation, rules, step) => {
    expect(nextStep({ ...LIMITED, ...situation }, { ...RULES, ...rules })).toEqual(step);
  });
});
