import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mayQuoteObjects, QuotedObjectIds } from './quoted-object-ids.js';

const idsIn = (json: string, pieceBytes = Number.POSITIVE_INFINITY) => {
  const quoted = new QuotedObjectIds();
  const bytes = Buffer.from(json);
  for (let at = 0; at < bytes.length; at += pieceBytes) quoted.write(bytes.subarray(at, at + pieceBytes));
  return [...quoted.ids];
};

/** What a parser finds. */
function namedIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    typeof member === 'string' && member && (key === 'file_id' || key === 'skill_id') ? [member] : namedIn(member),
  );
}

describe('ids that a body quotes', () => {
  it.each([
    ['a file', '{"source":{"type":"file","file_id":"file_1"}}', ['file_1']],
    ['a file and a skill', '{"a":[{"file_id":"file_1"},{"skill_id" : "skill_2"}]}', ['file_1', 'skill_2']],
    ['one twice', '[{"file_id":"file_1"},{"file_id":"file_1"}]', ['file_1']],
    ['a key with escapes', '{"\\u0066ile_id":"file_1"}', ['file_1']],
    ['an id with escapes', '{"file_id":"\\u0066ile_1"}', ['file_1']],
    ['blanks without end', `{"file_id"${' '.repeat(100_000)}:\n"file_1"}`, ['file_1']],
    ['a text that quotes one', '{"text":"\\"file_id\\":\\"file_1\\""}', []],
    ['a text that ends in backslashes', '{"text":"\\\\\\\\","file_id":"file_1"}', ['file_1']],
    ['a value that is not a text', '{"file_id":{"file_id":7},"x":"file_1"}', []],
    ['a list', '{"file_id":["file_1"]}', []],
    ['a key that is an id', '{"x":"file_id","file_1":"y"}', []],
    ['an id that no API gives out', `{"file_id":"${'x'.repeat(2_000)}"}`, []],
    ['nothing', '', []],
    ['broken JSON', '{"file_id":"file_1', []],
  ])('%s', (_name, json, expected) => {
    for (const pieceBytes of [1, 7, 64, Number.POSITIVE_INFINITY]) expect(idsIn(json, pieceBytes)).toEqual(expected);
    if (expected.length > 0) expect(mayQuoteObjects(Buffer.from(json))).toBe(true);
  });

  it('are those that a parser finds', () => {
    const member = fc.constantFrom('file_id', 'skill_id', 'text', 'a"b', '\\');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), tie('list'), tie('object')),
      list: fc.array(tie('tree'), { maxLength: 4 }),
      object: fc.dictionary(member, tie('tree'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(tree, fc.integer({ min: 1, max: 9 }), (value, pieceBytes) => {
        expect(new Set(idsIn(JSON.stringify(value), pieceBytes))).toEqual(new Set(namedIn(value)));
      }),
    );
  });
});

describe('a body that names no object', () => {
  it.each(['{"messages":[]}', '{"text":"file \\u001b[0m"}'])('is not read: %s', (json) => {
    expect(mayQuoteObjects(Buffer.from(json))).toBe(false);
  });
});
