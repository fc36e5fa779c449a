import { describe, expect, it } from '@jest/globals';
import { HeadRoom } from './head-room.js';

const WINDOWS = [
  { kind: 'requests', limit: 60, remaining: 10 },
  { kind: 'input_tokens', limit: 60_000, remaining: 6_000 },
] as const;

describe('the head-room of an organization', () => {
  it('is that of its emptiest bucket, which fills with time', () => {
    const room = new HeadRoom();
    room.learn('a', WINDOWS, 0);
    expect(room.share('a', 0)).toBeCloseTo(0.1);
    expect(room.share('a', 30_000)).toBeCloseTo(0.6);
    expect(room.share('a', 600_000)).toBe(1);
  });

  it('says in how many seconds a request fits', () => {
    const room = new HeadRoom();
    room.learn('a', WINDOWS, 0);
    expect(room.secondsUntilFits('a', { inputTokens: 6_000 }, 0)).toBe(0);
    expect(room.secondsUntilFits('a', { inputTokens: 16_000 }, 0)).toBeCloseTo(10);
    expect(room.secondsUntilFits('a', { inputTokens: 16_000 }, 10_000)).toBe(0);
  });

  it('shrinks by requests that are on their way', () => {
    const room = new HeadRoom();
    room.learn('a', WINDOWS, 0);
    room.take('a', { inputTokens: 5_000 });
    expect(room.secondsUntilFits('a', { inputTokens: 5_000 }, 0)).toBeCloseTo(4);
  });

  it('does not hold back a request that is larger than the whole bucket, nor where nothing is known', () => {
    const room = new HeadRoom();
    room.learn('a', [{ kind: 'input_tokens', limit: 1_000, remaining: 1_000 }], 0);
    expect(room.secondsUntilFits('a', { inputTokens: 5_000 }, 0)).toBe(0);
    expect(room.secondsUntilFits('b', { inputTokens: 5_000 }, 0)).toBe(0);
  });
});
