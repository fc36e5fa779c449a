import { measureCost } from '@claude-proxy/messages-api/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { userIdOf } from './user-id.js';

describe('userIdOf', () => {
  it('is "default" if the path names no user', () => {
    expect(userIdOf(undefined)).toBe('default');
  });

  it.each(['alice', 'alice@example.com', 'a.b_c+d-e', '김철수', 'Ünïcödé', '用户1', 'x'.repeat(128), 'हिन्दी'])(
    'takes %j',
    (id) => {
      expect(userIdOf(id)).toBe(id.normalize('NFC'));
    },
  );

  it('returns one id for two spellings of a name', () => {
    expect(userIdOf('e\u0301ve')).toBe(userIdOf('éve'));
  });

  it.each(['', ' ', 'a b', 'a/b', 'a#b', 'a%20b', '.', '..', 'a\nb', 'a\0', '<script>', '😀', 'x'.repeat(129)])(
    'refuses %j',
    (id) => {
      expect(() => userIdOf(id)).toThrow(/^The user id must be 1 to 128 letters/);
    },
  );
});

describe('any text in the path', () => {
  it('gives a safe, unique spelling, or a 400', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 140 }), (segment) => {
        let user: string;
        try {
          user = userIdOf(segment);
        } catch (error) {
          expect((error as { status: number }).status).toBe(400);
          return;
        }
        expect(user).not.toMatch(/[\s#/\\%?&<>"'`\p{C}]|^\.{0,2}$/u);
        expect(userIdOf(user)).toBe(user);
      }),
    );
  });

  it('measures a name before it is normalized', () => {
    const cost = measureCost();
    for (const unit of ['e\u0301', '\u0315\u0300', '\u1100\u1161']) {
      expect(() => userIdOf(unit.repeat(30_000))).toThrow(/must be 1 to 128 letters/);
    }
    expect(cost()).toBeLessThan(200);
  });

  it('accepts 128 letters with decomposed marks', () => {
    expect(userIdOf('\u1ec7'.repeat(128).normalize('NFD'))).toBe('\u1ec7'.repeat(128));
  });
});
