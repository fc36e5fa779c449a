import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonSyntaxError, membersOfJson, memberValue } from './json-members.js';

const memberOf = (text: string, key: string) => {
  const bytes = Buffer.from(text);
  return memberValue(bytes, membersOfJson(bytes), key);
};

describe('membersOfJson', () => {
  it('finds a member wherever it stands', () => {
    expect(memberOf('{"messages":[{"model":"no"}],"model":"yes"}', 'model')).toBe('yes');
    expect(memberOf(' {\n"a" : {"model":1} ,\t"model"\r:\n"yes" } \n', 'model')).toBe('yes');
  });

  it('takes the last of a repeated key, also when one is written with escapes', () => {
    expect(memberOf('{"model":"first","\\u006dodel":"last"}', 'model')).toBe('last');
  });

  it('counts bytes, not characters', () => {
    expect(memberOf('{"a":"😀ü","model":"yes"}', 'model')).toBe('yes');
  });

  it.each([
    '',
    '[]',
    'null',
    '{',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1}{',
    '{"a":[1,]}',
    '{"a":[1}',
    '{"a":{"b":1]}',
    '{"a":tru}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":1e}',
    '{"a":-}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"open}',
    '{"a":"line\nbreak"}',
    "{'a':1}",
    '{a:1}',
    '{"a":[{"role": user}]}',
    '\ufeff{"a":1}',
  ])('refuses %j', (text) => {
    expect(() => membersOfJson(Buffer.from(text))).toThrow(JsonSyntaxError);
    expect(() => JSON.parse(text.startsWith('[') || text === 'null' ? '' : text)).toThrow();
  });

  it('refuses nesting without end instead of overflowing', () => {
    expect(() => membersOfJson(Buffer.from(`{"a":${'['.repeat(100_000)}`))).toThrow(/at most 1000 levels/);
  });

  it('agrees with JSON.parse on any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (object, indent) => {
        const bytes = Buffer.from(JSON.stringify(object, undefined, indent));
        const members = membersOfJson(bytes);
        const parsed = JSON.parse(bytes.toString()) as Record<string, unknown>;
        expect([...members.keys()].sort()).toEqual(Object.keys(parsed).sort());
        for (const key of members.keys()) expect(memberValue(bytes, members, key)).toEqual(parsed[key]);
      }),
    );
  });

  it('agrees with JSON.parse on whether damaged JSON is JSON', () => {
    const damaged = fc
      .tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), fc.constantFrom('', ',', '}', '"', '\\', '0', ' '))
      .map(([object, at, insertion]) => {
        const text = JSON.stringify(object);
        const cut = at % text.length;
        return text.slice(0, cut) + insertion + text.slice(cut + 1);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        expect(doesNotThrow(() => membersOfJson(Buffer.from(text)))).toBe(isJsonObject(text));
      }),
    );
  });
});

function doesNotThrow(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
