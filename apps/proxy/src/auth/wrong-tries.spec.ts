import { describe, expect, it } from '@jest/globals';
import { WrongTries } from './wrong-tries.js';

describe('wrong tries', () => {
  const waitAfter = (tries: WrongTries, address: string, nowMs: number) => tries.note(address, nowMs).waitSeconds;
  const fiveOf = (tries: WrongTries, address: string, nowMs: number) =>
    Array.from({ length: 5 }, () => waitAfter(tries, address, nowMs));

  it('are limited to five per minute and address', () => {
    const tries = new WrongTries();
    expect(fiveOf(tries, '10.0.0.1', 1_000)).toEqual([0, 0, 0, 0, 0]);
    expect(waitAfter(tries, '10.0.0.1', 31_000)).toBe(30);
    expect(waitAfter(tries, '10.0.0.2', 31_000)).toBe(0);
    expect(waitAfter(tries, '10.0.0.1', 61_000)).toBe(0);
  });

  it('are counted together for all addresses of one /64', () => {
    const tries = new WrongTries();
    for (let host = 1; host <= 5; host += 1) expect(waitAfter(tries, `2001:db8:1:2::${host}`, 0)).toBe(0);
    expect(waitAfter(tries, '2001:db8:1:2:ffff::1', 0)).toBe(60);
    expect(waitAfter(tries, '2001:db8:1:3::1', 0)).toBe(0);
  });

  it('are numbered within their minute', () => {
    const tries = new WrongTries();
    expect([0, 1, 59_999, 60_000].map((nowMs) => tries.note('10.0.0.1', nowMs).count)).toEqual([1, 2, 3, 1]);
  });

  it('remember a bounded number of addresses', () => {
    const tries = new WrongTries();
    fiveOf(tries, 'first', 0);
    for (let index = 0; index < 10_000; index += 1) tries.note(`${index}`, 0);
    expect(waitAfter(tries, 'first', 0)).toBe(0);
  });
});
