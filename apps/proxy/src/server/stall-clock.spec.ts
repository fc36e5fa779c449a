import { describe, expect, it } from '@jest/globals';
import { StallClock } from './stall-clock.js';

const INTERVAL_MS = 250;

/** What the clock shows at the end of looks at these beats, an interval apart unless it says otherwise. */
const shownAfter = (beats: readonly number[], gaps: Readonly<Record<number, number>> = {}) => {
  const clock = new StallClock(INTERVAL_MS);
  let nowMs = 1_000;
  let shownMs = Number.NaN;
  for (const [index, beat] of beats.entries()) {
    nowMs += gaps[index] ?? INTERVAL_MS;
    shownMs = clock.look(beat, nowMs);
  }
  return shownMs;
};

describe('StallClock', () => {
  it('shows nothing while the pulse beats', () => {
    expect(shownAfter([1])).toBe(0);
    expect(shownAfter([1, 2, 3, 4])).toBe(0);
  });

  it('shows for how long there was no beat', () => {
    expect(shownAfter([1, 2, 2, 2, 2])).toBe(750);
  });

  it('begins anew with the next beat', () => {
    expect(shownAfter([1, 1, 1, 2])).toBe(0);
    expect(shownAfter([1, 1, 1, 2, 2])).toBe(250);
  });

  it('counts one interval for a time in which the watcher did not run either', () => {
    expect(shownAfter([1, 1, 1], { 2: 3_600_000 })).toBe(500);
  });
});
