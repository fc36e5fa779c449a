import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonSyntaxError, membersOfJson, memberValue } from './json-members.js';
import { walkedMegabytes } from './testing/index.js';

const memberOf = (text: string, key: string) => {
  const bytes = Buffer.from(text);
  return memberValue(bytes, membersOfJson(bytes), key);
};

describe('membersOfJson', () => {
  it('finds a member at any position', () => {
    expect(memberOf('{"messages":[{"model":"no"}],"model":"yes"}', 'model')).toBe('yes');
    expect(memberOf(' {\n"a" : {"model":1} ,\t"model"\r:\n"yes" } \n', 'model')).toBe('yes');
  });

  it('returns the last of a repeated key, also if one is written with escapes', () => {
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

  it('refuses endless nesting without a stack overflow', () => {
    expect(() => membersOfJson(Buffer.from(`{"a":${'['.repeat(100_000)}`))).toThrow(/at most 1000 levels/);
  });

  it('refuses endless members', () => {
    const many = `{${Array.from({ length: 1_001 }, (_, index) => `"m${index}":1`).join()}}`;
    expect(() => membersOfJson(Buffer.from(many))).toThrow(/at most 1000 members/);
  });

  it('spends no time on unused keys, huge or many', () => {
    const huge = `"${'k'.repeat(8 * 1024 * 1024)}":1`;
    const many = Array.from({ length: 900 }, (_, index) => `"${'k'.repeat(24_000)}${index}":1`);
    for (const keys of [[huge], many]) {
      const bytes = Buffer.from(`{${keys.join()},"model":"yes"}`);
      const cost = walkedMegabytes(() => expect([...membersOfJson(bytes).keys()]).toEqual(['model']));
      expect(cost).toBeLessThan(2_000);
    }
  });

  it('recognizes a key in any spelling', () => {
    const spelled = [...'amazon-bedrock-invocationMetrics'].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('');
    expect(memberOf(`{"${spelled}":{"inputTokenCount":1}}`, 'amazon-bedrock-invocationMetrics')).toEqual({
      inputTokenCount: 1,
    });
  });

  it('reports what it expected, and where', () => {
    expect(() => membersOfJson(Buffer.from('{"a":[1 2]}'))).toThrow('invalid JSON: expected "," or "]" at byte 8');
  });
});

describe('membersOfJson, at any length,', () => {
  // The scanner reads strings in blocks of 16 bytes.
  it('finds the end of strings of any length, with an escape at any position', () => {
    for (let length = 0; length < 40; length += 1) {
      for (let place = 0; place < length; place += 1) {
        const text = `${'x'.repeat(place)}\\"\\u00e9${'y'.repeat(length - place)}`;
        expect(memberOf(`{"a":"${text}","model":"yes"}`, 'a')).toBe(JSON.parse(`"${text}"`));
        expect(memberOf(`{"a":"${text}","model":"yes"}`, 'model')).toBe('yes');
      }
    }
  });

  it('refuses a text that is cut off anywhere, with any earlier content of the memory', () => {
    const text =
      '{"a":[{"b":"\\u0061\\n"},-1.5e+3,true,false,null,[],{}],"model":"a name that is longer than a block"}';
    for (let length = 0; length < text.length; length += 1) {
      membersOfJson(Buffer.from(text));
      expect(() => membersOfJson(Buffer.from(text.slice(0, length)))).toThrow(JsonSyntaxError);
    }
  });

  it.each([45_035, 65_536, 1_000_000, 9_000_000])('reads a text of about %i bytes, then a small one', (length) => {
    for (let more = 0; more < 20; more += 1) {
      expect(memberOf(`{"a":"${'x'.repeat(length + more)}","model":"yes"}`, 'model')).toBe('yes');
    }
    expect(memberOf('{"model":"small"}', 'model')).toBe('small');
  });

  it('uses the memory of one long text for any number of them', () => {
    // The gateway runs with this flag. V8 is then slow to collect memory outside its heap.
    setFlagsFromString('--external-memory-accounted-in-global-limit');
    const text = Buffer.from(`{"a":"${'x'.repeat(24_000_000)}"}`);
    membersOfJson(text);
    const before = process.memoryUsage().external;
    let most = 0;
    for (let texts = 0; texts < 30; texts += 1) {
      membersOfJson(text);
      most = Math.max(most, process.memoryUsage().external - before);
    }
    expect(most).toBeLessThan(2 * text.length);
  });
});

describe('membersOfJson, compared with JSON.parse,', () => {
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

  it('agrees with JSON.parse on whether damaged JSON is valid', () => {
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

  // Fragments of JSON in any order and bytes that are not UTF-8: alone, inside a value, and inside a string.
  it('agrees with JSON.parse on whether arbitrary bytes are valid', () => {
    const word = fc.constantFrom(
      ...'{ } [ ] , : " \\ \\u00e9 \\ud83d \\x 0 -0 1.5 . e E+2 true null fals "a" "a":1'.split(' '),
    );
    const blank = fc.constantFrom(' ', '\n', '\r', '\t', '\v', '\f', '\0', '\u00a0', '\u2028', '\ufeff', '\x7f');
    const piece = fc.oneof(
      { weight: 4, arbitrary: word.map((text) => Buffer.from(text)) },
      blank.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    );
    const around = fc.constantFrom(['', ''], ['{"a":', '}'], ['{"a":"', '"}'], ['{"a":[', ']}'], ['{"a":1', '}']);
    const text = fc
      .tuple(fc.array(piece, { maxLength: 12 }), around)
      .map(([pieces, [before, after]]) => Buffer.concat([Buffer.from(before!), ...pieces, Buffer.from(after!)]));
    fc.assert(
      fc.property(text, (bytes) => {
        expect(doesNotThrow(() => membersOfJson(bytes))).toBe(isJsonObject(bytes.toString()));
      }),
      { numRuns: 2_000 },
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
