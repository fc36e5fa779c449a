import { describe, expect, it } from '@jest/globals';
import { BatchResults } from './batch-results.js';

const lineOf = (model: string, usage: Record<string, unknown>) =>
  `${JSON.stringify({ custom_id: 'x', result: { type: 'succeeded', message: { model, usage } } })}\n`;
const read = (text: string, pieceBytes = text.length) => {
  const results = new BatchResults((_model, { output_tokens: tokens }) => (tokens as number) * 10);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) results.write(bytes.subarray(at, at + pieceBytes));
  return results.parts();
};

describe('BatchResults', () => {
  const text = lineOf('a', { input_tokens: 1, output_tokens: 2 }) + lineOf('b', { output_tokens: 5 }).repeat(3);

  it.each([1, 7, 64, 10_000])('adds up by model, in pieces of %i bytes', (pieceBytes) => {
    const parts = read(text, pieceBytes);
    expect(parts.map(({ model, usage, cost }) => [model, usage.output_tokens, cost])).toEqual([
      ['a', 2, 20],
      ['b', 15, 150],
    ]);
    expect(parts.every(({ usage }) => usage.service_tier === 'batch')).toBe(true);
  });

  it('reads a last line without an end, and leaves out what is not a message', () => {
    const lines = ['{"result":{"type":"errored"}}', 'x', '', 'null', lineOf('a', { output_tokens: 1 }).trimEnd()];
    expect(read(lines.join('\n')).map(({ usage }) => usage.output_tokens)).toEqual([1]);
  });

  it('knows no cost where one answer has none', () => {
    const results = new BatchResults(() => null);
    results.write(Buffer.from(text));
    expect(results.parts().map(({ cost }) => cost)).toEqual([null, null]);
  });

  it('tells a sum in parts that records take', () => {
    const parts = read(lineOf('a', { output_tokens: 40_000_000 }).repeat(5));
    expect(parts.map(({ usage }) => usage.output_tokens)).toEqual([80_000_000, 80_000_000, 40_000_000]);
  });
});
