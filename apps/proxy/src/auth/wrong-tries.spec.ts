import { describe, expect, it } from '@jest/globals';
import { WrongTries } from './wrong-tries.js';

describe('wrong tries', () => {
  it('are five a minute and address', () => {
    const tries = new WrongTries();
    for (let count = 0; count < 5; count += 1) {
      expect(tries.waitSeconds('10.0.0.1', 1_000)).toBe(0);
      tries.note('10.0.0.1', 1_000);
    }
    expect(tries.waitSeconds('10.0.0.1', 31_000)).toBe(30);
    expect(tries.waitSeconds('10.0.0.2', 31_000)).toBe(0);
    expect(tries.waitSeconds('10.0.0.1', 61_000)).toBe(0);
    tries.note('10.0.0.1', 61_000);
    expect(tries.waitSeconds('10.0.0.1', 61_000)).toBe(0);
  });

  it('remember a bounded number of addresses', () => {
    const tries = new WrongTries();
    for (let count = 0; count < 5; count += 1) tries.note('first', 0);
    for (let index = 0; index < 10_000; index += 1) tries.note(`${index}`, 0);
    expect(tries.waitSeconds('first', 0)).toBe(0);
  });
});
