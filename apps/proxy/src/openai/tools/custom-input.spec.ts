import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CustomInputReader, customInput } from './custom-input.js';

const read = (json: string, cuts: readonly number[]) => {
  const reader = new CustomInputReader();
  const places = [0, ...[...cuts].sort((a, b) => a - b), json.length];
  const pieces = places.slice(1).map((end, index) => reader.write(json.slice(places[index], end)));
  return [...pieces, reader.end()];
};

describe('the text of a custom tool', () => {
  it('is the same wherever its JSON is split, and never ends within a character', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"\\\n', '👩‍💻', '\\u0041', '*** Begin Patch\n+"x"\n'),
    );
    fc.assert(
      fc.property(texts, fc.array(fc.nat(60)), fc.boolean(), (text, cuts, isEscaped) => {
        const plain = JSON.stringify({ input: text });
        const json = isEscaped
          ? plain.replaceAll(/[^\x20-\x7e]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
          : plain;
        const pieces = read(json, isEscaped ? cuts.filter((cut) => cut < json.length) : []);
        expect(pieces.join('')).toBe(text);
        expect(customInput(json)).toBe(text);
        expect(pieces.every((piece) => piece.isWellFormed() || !text.isWellFormed())).toBe(true);
      }),
    );
  });

  it.each([
    ['{}', ''],
    ['', ''],
    ['{"input": "half a li', 'half a li'],
    ['{"input": "half \\', 'half '],
    ['{"patch":"x"}', '{"patch":"x"}'],
  ])('of %j is %j', (json, text) => {
    expect(customInput(json)).toBe(text);
    expect(read(json, [3]).join('')).toBe(text);
  });
});
