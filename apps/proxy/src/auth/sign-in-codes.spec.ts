import { describe, expect, it } from '@jest/globals';
import { SignInCodes } from './sign-in-codes.js';

const LIFE_MS = 15 * 60_000;

describe('a code of a sign-in link', () => {
  it('is accepted once', () => {
    const codes = new SignInCodes();
    const code = codes.create(0);
    expect(code).toMatch(/^ccp-once-[\w-]{32}$/);
    expect(codes.use(code, 1)).toBe('accepted');
    expect(codes.use(code, 2)).toBe('used');
    expect(codes.use(code, LIFE_MS)).toBe('used');
  });

  it('expires after 15 minutes', () => {
    const codes = new SignInCodes();
    const [early, late] = [codes.create(0), codes.create(0)];
    expect(codes.use(early, LIFE_MS - 1)).toBe('accepted');
    expect(codes.use(late, LIFE_MS)).toBe('expired');
  });

  it('is not accepted by another process, or if it is forged', () => {
    const codes = new SignInCodes();
    expect(codes.use(new SignInCodes().create(0), 1)).toBe('unknown');
    expect(codes.use('', 1)).toBe('unknown');
    expect(codes.use('ccp-once-', 1)).toBe('unknown');
  });

  it('is forgotten after many others were created', () => {
    const codes = new SignInCodes();
    const first = codes.create(0);
    for (let count = 0; count < 100; count += 1) codes.create(0);
    expect(codes.use(first, 1)).toBe('unknown');
  });
});
