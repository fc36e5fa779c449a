import { describe, expect, it } from '@jest/globals';
import { WindowlessRefusals } from './windowless-refusals.js';

const SECOND = 1_000;

describe('a limit without a time', () => {
  it('lasts two seconds, and doubles after each later refusal, up to a minute', () => {
    const refusals = new WindowlessRefusals();
    let nowMs = 0;
    const windows = Array.from({ length: 7 }, () => {
      const seconds = refusals.secondsOf('a', nowMs);
      nowMs += seconds * SECOND;
      return seconds;
    });
    expect(windows).toEqual([2, 4, 8, 16, 32, 60, 60]);
  });

  it('does not grow by refusals of concurrent requests', () => {
    const refusals = new WindowlessRefusals();
    expect([0, 500, 1_900].map((nowMs) => refusals.secondsOf('a', nowMs))).toEqual([2, 2, 2]);
  });

  it('restarts at two seconds after an answer, after some time, and for another scope', () => {
    const refusals = new WindowlessRefusals();
    refusals.secondsOf('a', 0);
    refusals.secondsOf('a', 2 * SECOND);
    expect(refusals.secondsOf('b', 6 * SECOND)).toBe(2);
    expect(refusals.secondsOf('a', 200 * SECOND)).toBe(2);
    refusals.forget(['a']);
    expect(refusals.secondsOf('a', 203 * SECOND)).toBe(2);
  });
});
