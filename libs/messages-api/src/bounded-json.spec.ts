import { describe, expect, it } from '@jest/globals';
import { JsonLimitError, parseBoundedJson } from './bounded-json.js';
import { JsonSyntaxError, outlineOfJson } from './json-members.js';
import { walkedMegabytes } from './testing/index.js';

const parse = (text: string) => parseBoundedJson(Buffer.from(text));

describe('parseBoundedJson', () => {
  it('returns what JSON.parse returns', () => {
    const text = '{"a":[1,{"b":null,"\\u0063":"d"}],"__proto__":{"e":[]},"f":{}}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['numbers', '0'],
    ['empty objects', '{}'],
    ['empty lists', '[]'],
    ['texts', '""'],
    ['objects in lists', '[{"a":0}]'],
  ])('builds no tree of a million %s', (_name, value) => {
    const text = `{"a":[${`${value},`.repeat(999_999)}${value}]}`;
    const cost = walkedMegabytes(() => {
      expect(() => parse(text)).toThrow(/at most 1000?000 (values|are allowed)/);
    });
    expect(cost).toBeLessThan(2_000);
  });

  it.each([
    ['values', `{"a":[${'0,'.repeat(99_998)}0]}`, `{"a":[${'0,'.repeat(99_999)}0]}`],
    ['bytes of a key', `{"a":{"${'k'.repeat(1_022)}":0}}`, `{"a":{"${'k'.repeat(1_023)}":0}}`],
    ['bytes of a key of its own', `{"${'k'.repeat(1_022)}":0}`, `{"${'k'.repeat(1_023)}":0}`],
  ])('enforces the exact limit for %s', (_name, allowed, tooMuch) => {
    expect(parse(allowed)).toEqual(JSON.parse(allowed));
    expect(() => parse(tooMuch)).toThrow(JsonLimitError);
  });

  it('counts members by their values', () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => `"k${index}":0`).join();
    expect(() => parse(`{"a":{${keys}}}`)).toThrow('the JSON holds 100001 values; at most 100000 are allowed');
  });

  it('builds no tree of endlessly nested text, or of text that is not an object', () => {
    expect(() => parse(`{"a":${'['.repeat(100_000)}`)).toThrow(/at most 1000 levels/);
    expect(() => parse('[]')).toThrow(JsonSyntaxError);
  });
});

describe('outlineOfJson', () => {
  it('counts the values of all levels', () => {
    expect(outlineOfJson(Buffer.from('{"a":[1,{"b":null}],"c":"d"}')).valueCount).toBe(5);
    expect(outlineOfJson(Buffer.from('{}'))).toEqual({ members: new Map(), valueCount: 0, longestKeyBytes: 0 });
  });

  it('restarts the count with each text', () => {
    const text = Buffer.from('{"a":[1,2,3],"longer":1}');
    for (let times = 0; times < 3; times += 1) {
      expect(outlineOfJson(text)).toMatchObject({ valueCount: 5, longestKeyBytes: 8 });
    }
  });

  it.each([
    ['escapes', '\\n'],
    ['escaped quotes', '\\"'],
    ['escaped letters', '\\u00e9'],
  ])('reads 16 MiB of %s in linear time', (_name, unit) => {
    const text = Buffer.from(`{"a":"${unit.repeat((16 * 1024 * 1024) / unit.length)}"}`);
    expect(walkedMegabytes(() => outlineOfJson(text))).toBeLessThan(2_000);
  });
});

/** CPU time of this thread: load of other processes does not count. */
