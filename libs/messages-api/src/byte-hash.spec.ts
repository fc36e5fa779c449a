import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteHash } from './byte-hash.js';

const hashOf = (bytes: Uint8Array) => new ByteHash(bytes).of(0, bytes.length);

describe('ByteHash', () => {
  it('is the same for the same bytes, wherever they are in a text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 90 }), (span, before) => {
        const text = Buffer.concat([before, span, before]);
        expect(new ByteHash(text).of(before.length, before.length + span.length)).toBe(hashOf(span));
      }),
    );
  });

  it('differs after a change of one bit anywhere, and after an exchange of two parts', () => {
    const bytes = randomBytes(1_000);
    const seen = new Set([hashOf(bytes)]);
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      seen.add(hashOf(changed));
    }
    for (let at = 64; at < 960; at += 64) {
      seen.add(hashOf(Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)])));
    }
    expect(seen.size).toBe(1 + 8 * bytes.length + 14);
  });

  it('tells zeros of different lengths apart, and fits a JavaScript number', () => {
    const hashes = Array.from({ length: 200 }, (_, length) => hashOf(Buffer.alloc(length)));
    expect(new Set(hashes).size).toBe(200);
    expect(hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
  });

  it('hashes texts that are longer than its window', () => {
    const bytes = randomBytes(3 * 1024 * 1024 + 17);
    const hash = new ByteHash(bytes);
    const whole = hash.of(0, bytes.length);
    expect(hash.of(1_500_000, 1_500_100)).toBe(hashOf(bytes.subarray(1_500_000, 1_500_100)));
    expect(hashOf(Buffer.from(bytes))).toBe(whole);
    bytes[2_500_000]! ^= 1;
    expect(hashOf(bytes)).not.toBe(whole);
  });

  it('gives the order of two hashes a meaning', () => {
    const hash = new ByteHash(Buffer.from('ab'));
    const [first, second] = [hash.of(0, 1), hash.of(1, 2)];
    expect(hash.pair(first, second)).not.toBe(hash.pair(second, first));
    expect(hash.pair(first, second)).toBe(hash.pair(first, second));
  });

  it.each([1_000, 1_500_000])('finds the first of many spans that is not the same, in a text of %d bytes', (size) => {
    const bytes = randomBytes(size);
    const ends = Uint32Array.from([10, 74, 75, 75, 600, size]);
    const hash = new ByteHash(bytes);
    const hashes = Float64Array.from(ends, (end, index) => hash.of(ends[index - 1] ?? 0, end));
    expect(hash.equalSpans({ ends, hashes })).toBe(6);
    const changed = Buffer.from(bytes);
    changed[500]! ^= 1;
    expect(new ByteHash(changed).equalSpans({ ends, hashes })).toBe(4);
    expect(new ByteHash(bytes.subarray(0, 100)).equalSpans({ ends, hashes })).toBe(4);
  });

  it('finds the end of a string whose quotes and backslashes are anywhere', () => {
    const strings = Array.from({ length: 300 }, (_, length) =>
      JSON.stringify(`${'x'.repeat(length % 40)}"\\${'y'.repeat(length)}`),
    );
    const text = Buffer.from(strings.join(','));
    const hash = new ByteHash(text);
    let start = 0;
    for (const string of strings) {
      expect(hash.stringEnd(start)).toBe(start + string.length);
      start += string.length + 1;
    }
    expect(new ByteHash(Buffer.from('"no end')).stringEnd(0)).toBeUndefined();
    expect(new ByteHash(Buffer.from('"an escape\\')).stringEnd(0)).toBeUndefined();
  });
});
