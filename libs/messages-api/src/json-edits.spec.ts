import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonEdits } from './json-edits.js';
import { JsonView } from './json-view.js';

const viewOf = (json: string) => JsonView.of(Buffer.from(json));

function edited(json: string, edit: (edits: JsonEdits, root: JsonView) => void): string {
  const root = viewOf(json);
  const edits = new JsonEdits();
  edit(edits, root);
  return edits.rendered(root).toString();
}

describe('edits in JSON text', () => {
  it('leave the bytes unchanged if there are none', () => {
    const bytes = Buffer.from(' {"a" : 1e400}\n');
    const root = JsonView.of(bytes);
    root.get('a');
    expect(new JsonEdits().rendered(root).toString()).toBe('{"a" : 1e400}');
    expect(new JsonEdits().rendered(root).buffer).toBe(bytes.buffer);
  });

  it.each([
    ['{"a":1,"b":2,"c":3}', '{"a":1,"c":3}'],
    ['{"b":{"x":[1,"}"]},"c":3}', '{"c":3}'],
    ['{"a":"ü","b":2}', '{"a":"ü"}'],
    ['{"b":2}', '{}'],
    ['{ "a" : 1 , "b" : 2 , "c" : 3 }', '{ "a" : 1 , "c" : 3 }'],
    ['{ "b" : 2 , "c" : 3 }', '{ "c" : 3 }'],
    ['{"a":"\\"b\\":","b":"b"}', '{"a":"\\"b\\":"}'],
    ['{"a":1.0,"z":12345678901234567890}', '{"a":1.0,"z":12345678901234567890}'],
    ['{"b":1,"a":2,"b":3}', '{"a":2}'],
    ['{"\\u0062":1,"a":2}', '{"a":2}'],
  ])('remove a member from %s', (json, expected) => {
    expect(edited(json, (edits, root) => edits.remove(root, 'b'))).toBe(expected);
  });

  it.each([
    ['{"a":1,"b":2}', '{"a":1,"b":"ü"}'],
    ['{ "b" : [ "x" ] , "n":1.0}', '{ "b" : "ü" , "n":1.0}'],
    ['{"9":1,"1":2,"b":null}', '{"9":1,"1":2,"b":"ü"}'],
    ['{"b":1,"b":2}', '{"b":1,"b":"ü"}'],
    ['{}', '{"b":"ü"}'],
    ['{ "a":1 }', '{ "a":1,"b":"ü" }'],
  ])('set a member in %s', (json, expected) => {
    expect(edited(json, (edits, root) => edits.set(root, 'b', '"ü"'))).toBe(expected);
  });

  it('combine in one container and in its values', () => {
    const json = '{"a":[1, 2, {"x":1,"y":2.0}, 4],"b":{"c":1},"d":"e"}';
    const result = edited(json, (edits, root) => {
      const list = root.get('a')!;
      edits.removeItem(list, 0);
      edits.removeItem(list, 3);
      edits.remove(list.items()[2]!, 'x');
      edits.append(list, '5');
      edits.prepend(list, '0');
      edits.set(root.get('b')!, 'c', '7');
      edits.remove(root, 'b');
      edits.replace(root.get('d')!, '["e"]');
      edits.prepend(root, '"first":1');
      edits.append(root, '"last":1');
    });
    expect(result).toBe('{"first":1,"a":[0,2, {"y":2.0},5],"d":["e"],"last":1}');
  });

  it('fill a container that is empty or becomes empty', () => {
    expect(edited('{"a":[ ]}', (edits, root) => edits.append(root.get('a')!, '1'))).toBe('{"a":[1 ]}');
    const emptied = edited('[{"a":1}]', (edits, root) => {
      edits.remove(root.items()[0]!, 'a');
      edits.prepend(root.items()[0]!, '"b":1');
      edits.append(root.items()[0]!, '"c":2');
    });
    expect(emptied).toBe('[{"b":1,"c":2}]');
  });

  it('can be rendered for a single value', () => {
    const root = viewOf('{"a":{"b":1,"c":2},"d":1}');
    const edits = new JsonEdits();
    edits.remove(root.get('a')!, 'b');
    edits.remove(root, 'd');
    expect(edits.rendered(root.get('a')!).toString()).toBe('{"c":2}');
  });

  it('keep the last of repeated keys', () => {
    const json = '{"a":1,"b":[1.0],"a":2,"\\u0061":3e0}';
    expect(edited(json, (edits, root) => edits.removeRepeated(root))).toBe('{"b":[1.0],"\\u0061":3e0}');
  });

  it('report containers that they leave empty', () => {
    const root = viewOf('{"a":[1,2],"b":{}}');
    const edits = new JsonEdits();
    const list = root.get('a')!;
    edits.removeItem(list, 0);
    expect([edits.leavesEmpty(list), edits.leavesEmpty(root.get('b')!)]).toEqual([false, true]);
    edits.removeItem(list, 1);
    expect([edits.leavesEmpty(list), edits.isRemoved(list, 1)]).toEqual([true, true]);
    edits.append(list, '3');
    expect(edits.leavesEmpty(list)).toBe(false);
  });

  it('remove any members of any object, and nothing else', () => {
    const blanks = fc.constantFrom('', ' ', '\n  ', '\t');
    const member = fc.tuple(fc.string(), fc.jsonValue(), fc.boolean());
    fc.assert(
      fc.property(fc.uniqueArray(member, { selector: ([key]) => key }), blanks, (members, blank) => {
        const text = (kept: typeof members) =>
          `{${kept.map(([key, value]) => `${blank}${JSON.stringify(key)}${blank}:${JSON.stringify(value)}${blank}`).join(',')}}`;
        const result = edited(text(members), (edits, root) => {
          for (const [key, , isRemoved] of members) if (isRemoved) edits.remove(root, key);
        });
        const kept = members.filter(([, , isRemoved]) => !isRemoved);
        expect(result.replaceAll(/[\n\t ]/g, '')).toBe(text(kept).replaceAll(/[\n\t ]/g, ''));
        JSON.parse(result);
      }),
    );
  });
});
