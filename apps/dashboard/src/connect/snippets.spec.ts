import { describe, expect, it } from '@jest/globals';
import { baseUrlOf, curl, isUserId, python, settingsFile, shell, typescript } from './snippets.js';

const own = { baseUrl: 'https://claude.example.com/user/alice', isKeyShared: false };

describe('baseUrlOf', () => {
  it.each([
    ['', 'https://x'],
    ['alice@example.com', 'https://x/user/alice@example.com'],
    ['a+b', 'https://x/user/a+b'],
    ['김철수', 'https://x/user/%EA%B9%80%EC%B2%A0%EC%88%98'],
  ])('for %j is %s', (user, url) => {
    expect(baseUrlOf('https://x', user)).toBe(url);
  });
});

describe('isUserId', () => {
  it.each(['alice', 'a.b_c+d-e@f', '김철수'])('takes %j', (text) => expect(isUserId(text)).toBe(true));
  it.each(['', '.', '..', 'a b', 'a/b', '<b>', "';x"])('refuses %j', (text) => expect(isUserId(text)).toBe(false));
});

describe('the snippets', () => {
  it('point every client at the same address', () => {
    for (const text of [settingsFile(own), shell(own), typescript(own), python(own), curl(own)]) {
      expect(text).toContain(own.baseUrl);
      expect(text).not.toContain('any-key');
    }
  });

  it('send a placeholder where the gateway has the key', () => {
    const shared = { ...own, isKeyShared: true };
    expect(JSON.parse(settingsFile(shared)).env).toEqual({
      ANTHROPIC_BASE_URL: own.baseUrl,
      ANTHROPIC_AUTH_TOKEN: 'any-key',
    });
    for (const text of [shell(shared), typescript(shared), python(shared), curl(shared)]) {
      expect(text).toContain('any-key');
    }
  });
});
