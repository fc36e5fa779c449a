import { walkedMegabytes } from '@claude-proxy/messages-api/testing';
import { describe, expect, it } from '@jest/globals';
import { WindowCounter } from './window-counter.js';

describe('WindowCounter', () => {
  it('counts each key for itself', () => {
    const counter = new WindowCounter(10);
    expect(counter.hit('a', 1_000, 0).hits).toBe(1);
    expect(counter.hit('a', 1_000, 1).hits).toBe(2);
    expect(counter.hit('b', 1_000, 1).hits).toBe(1);
  });

  it('tells how long the window lasts from now on', () => {
    const counter = new WindowCounter(10);
    expect(counter.hit('a', 1_000, 5_000).msUntilEnd).toBe(1_000);
    expect(counter.hit('a', 1_000, 5_400).msUntilEnd).toBe(600);
  });

  it('begins anew when the window is over, to the millisecond', () => {
    const counter = new WindowCounter(10);
    counter.hit('a', 1_000, 0);
    expect(counter.hit('a', 1_000, 999)).toEqual({ hits: 2, msUntilEnd: 1 });
    expect(counter.hit('a', 1_000, 1_000)).toEqual({ hits: 1, msUntilEnd: 1_000 });
  });

  it('forgets windows that are over', () => {
    const counter = new WindowCounter(1_000);
    for (let key = 0; key < 100; key += 1) counter.hit(`key-${key}`, 1_000, 0);
    counter.hit('later', 1_000, 1_000);
    expect(counter.size).toBe(1);
  });

  it('forgets the oldest key when there are too many', () => {
    const counter = new WindowCounter(3);
    for (const key of ['a', 'b', 'c', 'd']) counter.hit(key, 1_000, 0);
    expect(counter.size).toBe(3);
    expect(counter.hit('d', 1_000, 0).hits).toBe(2);
    expect(counter.hit('a', 1_000, 0).hits).toBe(1);
  });

  it('counts a key that began again after those that began before it', () => {
    const counter = new WindowCounter(2);
    counter.hit('a', 10, 0);
    counter.hit('b', 1_000, 0);
    counter.hit('a', 1_000, 20);
    counter.hit('c', 1_000, 20);
    expect(counter.hit('a', 1_000, 21).hits).toBe(2);
  });

  it('costs the same for the millionth hit of a key', () => {
    const counter = new WindowCounter(10);
    const cost = walkedMegabytes(() => {
      for (let hit = 0; hit < 200_000; hit += 1) counter.hit('a', 60_000, 0);
    });
    expect(cost).toBeLessThan(1_000);
  });
});
