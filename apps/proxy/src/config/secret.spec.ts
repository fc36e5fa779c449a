import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Secret } from './secret.js';

describe('Secret', () => {
  const secret = new Secret('sk-hush');

  it.each([
    ['a template', `${secret}`],
    ['a concatenation', `key: ${String(secret)}`],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect({ secret }, { showHidden: true, depth: 9 })],
    ['an error', new Error(`no ${secret}`).message],
    ['its own keys', JSON.stringify(Object.getOwnPropertyNames(secret))],
    ['a spread', JSON.stringify({ ...secret })],
  ])('is not shown by %s', (_name, text) => {
    expect(text).not.toContain('hush');
  });

  it('is revealed where it is asked for', () => {
    expect(secret.reveal()).toBe('sk-hush');
  });
});
