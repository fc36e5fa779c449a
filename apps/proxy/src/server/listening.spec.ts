import { describe, expect, it } from '@jest/globals';
import { listeningAt } from './listening.js';

describe('listeningAt', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', false],
    ['::1', '[::1]', '[::1]', false],
    ['0.0.0.0', '0.0.0.0', '127.0.0.1', true],
    ['::', '[::]', '[::1]', true],
    ['192.0.2.7', '192.0.2.7', '192.0.2.7', true],
    ['fd00::7', '[fd00::7]', '[fd00::7]', true],
  ])('%s: tells what is bound, what to type, and who gets in', (address, bound, typed, isOpen) => {
    expect(listeningAt({ address, port: 8080, family: '' })).toEqual({
      boundUrl: `http://${bound}:8080`,
      url: `http://${typed}:8080`,
      isOpen,
    });
  });
});
