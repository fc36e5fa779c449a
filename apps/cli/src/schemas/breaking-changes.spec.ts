import { describe, expect, it } from '@jest/globals';
import { breakingChanges, type JsonSchema } from './breaking-changes.js';

const text = { type: 'string' } as const;
const fileOf = (fields: Readonly<Record<string, JsonSchema>>, required = Object.keys(fields)) => ({
  $defs: {
    list: {
      type: 'object',
      properties: { rows: { type: 'array', items: { $ref: '#/$defs/Row' } } },
      required: ['rows'],
    },
    Row: { type: 'object', properties: fields, required },
  },
});

describe('breakingChanges', () => {
  it('C2: names a field that is removed, optional now, or of another type', () => {
    const before = fileOf({ id: text, name: text, count: text });
    expect(
      breakingChanges(before, fileOf({ id: text, name: text, count: { type: 'number' } }, ['id', 'count'])),
    ).toEqual(['list: rows[].name is optional now', 'list: rows[].count can be number now']);
    expect(breakingChanges(before, fileOf({ id: text }))).toEqual([
      'list: rows[].name is removed',
      'list: rows[].count is removed',
    ]);
    expect(breakingChanges(before, { $defs: {} })).toEqual(['list: the output is missing']);
  });

  it('C2: allows new fields, new outputs, and another name of a type', () => {
    const before = fileOf({ id: text });
    const after = { $defs: { ...fileOf({ id: text, fresh: text }).$defs, more: text } };
    expect(breakingChanges(before, after)).toEqual([]);
    const inline = {
      type: 'object',
      properties: { rows: { type: 'array', items: before.$defs.Row } },
      required: ['rows'],
    };
    expect(breakingChanges(before, { $defs: { list: inline } })).toEqual([]);
  });

  it('C2: names a null where there was none', () => {
    const nullable = { anyOf: [text, { type: 'null' }] };
    expect(breakingChanges(fileOf({ id: text }), fileOf({ id: nullable }))).toEqual([
      'list: rows[].id can be null now',
    ]);
    expect(breakingChanges(fileOf({ id: nullable }), fileOf({ id: text }))).toEqual([]);
  });
});
