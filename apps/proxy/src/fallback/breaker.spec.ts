import type { Failure } from '@claude-proxy/upstream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Breaker } from './breaker.js';

const fail = (breaker: Breaker, times: number, nowMs = 1_000, failure: Failure = 'unreachable') => {
  for (let index = 0; index < times; index += 1) breaker.failed(failure, nowMs);
};
const probes = (breaker: Breaker, nowMs: number) => {
  const isAdmitted = breaker.admits(nowMs);
  breaker.asked(nowMs);
  return isAdmitted;
};
const opened = () => {
  const breaker = new Breaker();
  fail(breaker, 5);
  return breaker;
};

describe('a breaker', () => {
  it.each(['unreachable', 'overloaded'] as const)('opens after five times %s in a row', (failure) => {
    const breaker = new Breaker();
    fail(breaker, 4, 1_000, failure);
    expect(breaker.admits(1_000)).toBe(true);
    fail(breaker, 1, 1_000, failure);
    expect(breaker.admits(1_000)).toBe(false);
  });

  it('stays closed where an answer came between, or a minute', () => {
    const breaker = new Breaker();
    fail(breaker, 4);
    breaker.answered();
    fail(breaker, 4);
    expect(breaker.admits(1_000)).toBe(true);
    fail(breaker, 1, 62_000);
    expect(breaker.admits(62_000)).toBe(true);
  });

  it.each(['rate_limited', 'rejected', 'aborted', 'timed_out'] as const)('does not count %s', (failure) => {
    const breaker = new Breaker();
    fail(breaker, 100, 1_000, failure);
    expect(breaker.admits(1_000)).toBe(true);
    fail(breaker, 4);
    fail(breaker, 1, 1_000, failure);
    fail(breaker, 1);
    expect(breaker.admits(1_000)).toBe(false);
  });

  it('lets one probe through after ten seconds', () => {
    const breaker = opened();
    expect(breaker.admits(10_999)).toBe(false);
    expect([probes(breaker, 11_000), probes(breaker, 11_000), probes(breaker, 20_000)]).toEqual([true, false, false]);
  });

  it('closes where the probe is answered', () => {
    const breaker = opened();
    probes(breaker, 11_000);
    breaker.answered();
    expect([probes(breaker, 11_000), probes(breaker, 11_000)]).toEqual([true, true]);
  });

  it('opens again where the probe fails', () => {
    const breaker = opened();
    probes(breaker, 11_000);
    fail(breaker, 1, 12_000);
    expect([breaker.admits(21_999), breaker.admits(22_000)]).toEqual([false, true]);
  });

  it.each(['aborted', 'rate_limited'] as const)('sends another probe where the first was %s or lost', (failure) => {
    const breaker = opened();
    probes(breaker, 11_000);
    breaker.failed(failure, 11_500);
    expect(probes(breaker, 11_500)).toBe(true);
    expect([breaker.admits(71_499), breaker.admits(71_500)]).toEqual([false, true]);
  });

  it('admits a request within 70 seconds, whatever has happened', () => {
    const happening = fc.oneof(
      fc.constantFrom<Failure>('unreachable', 'overloaded', 'rate_limited', 'rejected', 'aborted', 'timed_out'),
      fc.constantFrom('answered' as const, 'asked' as const),
    );
    const story = fc.array(fc.tuple(happening, fc.integer({ min: 0, max: 30_000 })), { maxLength: 60 });
    fc.assert(
      fc.property(story, (steps) => {
        const breaker = new Breaker();
        let nowMs = 1_000;
        for (const [what, laterMs] of steps) {
          nowMs += laterMs;
          if (what === 'answered') breaker.answered();
          else if (what === 'asked') breaker.asked(nowMs);
          else breaker.failed(what, nowMs);
        }
        expect(breaker.admits(nowMs + 70_000)).toBe(true);
      }),
    );
  });
});
