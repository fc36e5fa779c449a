import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonSyntaxError } from './json-members.js';
import { JsonTooLargeError, JsonView } from './json-view.js';
import { walkedMegabytes } from './testing/index.js';

const viewOf = (json: string) => JsonView.of(Buffer.from(json));

/** Reads the whole tree through views. */
function rebuilt(view: JsonView): unknown {
  if (view.isArray) return view.items().map(rebuilt);
  if (view.isObject) return Object.fromEntries(view.members().map(({ key, value }) => [key, rebuilt(value)]));
  return view.isString ? view.asText() : view.value();
}

describe('a view', () => {
  it('reads any JSON like a parser', () => {
    const spaced = fc.tuple(fc.jsonValue(), fc.constantFrom(0, 1, '\t'));
    fc.assert(
      fc.property(spaced, ([value, space]) => {
        const json = JSON.stringify(value, null, space);
        expect(rebuilt(viewOf(json))).toEqual(JSON.parse(json));
      }),
    );
  });

  it.each([64, 200, 5_000])('finds the end of a string of %d bytes with escapes', (length) => {
    for (const end of ['\\"', '\\\\', '\\\\\\"', 'x"'.slice(0, 1)]) {
      const json = `{"a":"${'x'.repeat(length)}${end}","b":"\\\\","c":1}`;
      expect(rebuilt(viewOf(json))).toEqual(JSON.parse(json));
    }
  });

  it('returns the last of repeated keys, decoded', () => {
    const view = viewOf('{"a":1,"\\u0061":2,"ü":3,"__proto__":4}');
    expect(view.get('a')?.value()).toBe(2);
    expect(view.get('ü')?.value()).toBe(3);
    expect(view.get('__proto__')?.value()).toBe(4);
    expect(view.get('constructor')).toBeUndefined();
  });

  it('returns undefined for a value of another type', () => {
    const view = viewOf('{"list":[1],"text":"t","none":null}');
    expect([view.text('list'), view.text('none'), view.text('missing')]).toEqual([undefined, undefined, undefined]);
    expect([view.get('list')!.members(), view.get('text')!.items(), view.get('text')!.get('x')]).toEqual([
      [],
      [],
      undefined,
    ]);
    expect(view.get('none')!.isNull).toBe(true);
  });

  it.each(['', '{', '[1', '{"a"}', '"a', '{"a":"b}', '{"a":}'])('throws for text that is not JSON: %s', (json) => {
    expect(() => rebuilt(viewOf(json))).toThrow(JsonSyntaxError);
  });

  it('skips deep nesting without recursion', () => {
    const depth = 200_000;
    expect(
      viewOf(`{"a":${'['.repeat(depth)}${']'.repeat(depth)},"b":1}`)
        .get('b')
        ?.value(),
    ).toBe(1);
  });

  it('throws before many small values fill the memory', () => {
    expect(() => viewOf(`[${'{},'.repeat(200_000)}{}]`).items()).toThrow(JsonTooLargeError);
  });

  it.each([
    ['numbers', `[${'1,'.repeat(10_000_000)}1]`],
    ['quotes', `["${'\\"'.repeat(10_000_000)}"]`],
    ['backslashes', `["${'\\\\'.repeat(10_000_000)}"]`],
    ['short strings', `[${'"a",'.repeat(5_000_000)}1]`],
    ['brackets', `${'['.repeat(10_000_000)}${']'.repeat(10_000_000)}`],
    ['one long string', `["${'x'.repeat(20_000_000)}"]`],
  ])('skips 20 MB of %s in one step', (_name, json) => {
    const bytes = Buffer.from(`{"a":${json},"b":1}`);
    expect(walkedMegabytes(() => JsonView.of(bytes).get('b'))).toBeLessThan(2_000);
  });
});
