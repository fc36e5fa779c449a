import { describe, expect, it } from '@jest/globals';
import { translated } from '../testing/translated.js';
import { inputSchema } from './input-schema.js';
import { StrictCounts } from './strict-counts.js';
import { supportedSchema } from './supported-schema.js';

describe('the schema of a tool', () => {
  it.each<[name: string, given: object, sent: object]>([
    [
      'is an object in any case',
      { type: ['object', 'null'], title: 'T' },
      { type: 'object', properties: {}, title: 'T' },
    ],
    [
      'has no list of items (draft 7)',
      { properties: { a: { type: 'array', items: [{ type: 'string' }] } } },
      { type: 'object', properties: { a: { type: 'array', prefixItems: [{ type: 'string' }] } } },
    ],
    [
      'has no flag beside a bound (draft 4)',
      { properties: { a: { minimum: 1, exclusiveMinimum: true, maximum: 2, exclusiveMaximum: false } } },
      { type: 'object', properties: { a: { minimum: 1, exclusiveMinimum: 1, maximum: 2 } } },
    ],
    [
      'has no types, flags and empty values that are not JSON Schema',
      {
        properties: { a: { type: 'any', required: true, enum: [] }, b: { type: 'string', description: null } },
        required: null,
      },
      { type: 'object', properties: { a: {}, b: { type: 'string' } } },
    ],
    [
      'has no choice at its top',
      {
        anyOf: [
          { properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { b: { type: 'string' } }, required: ['a', 'b'] },
        ],
      },
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'string' } },
        required: ['a'],
        description: expect.stringContaining('"anyOf"'),
      },
    ],
  ])('%s', (_name, given, sent) => {
    expect(inputSchema(given as Record<string, unknown>)).toEqual(sent);
  });
});

describe('a strict schema', () => {
  it('describes the keywords that Claude refuses, at every depth', () => {
    const schema = supportedSchema({
      type: 'object',
      properties: {
        pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
        old: { type: 'array', items: [{ type: 'string', maxLength: 3 }] },
        not: { type: 'string', not: { const: 'x' }, default: 'y' },
      },
      patternProperties: { '^x': {} },
      additionalProperties: { type: 'string' },
      if: { required: ['pair'] },
    });
    expect(schema).toEqual({
      type: 'object',
      additionalProperties: false,
      description: '{patternProperties: {"^x":{}}, additionalProperties: {"type":"string"}, if: {"required":["pair"]}}',
      properties: {
        pair: {
          type: 'array',
          items: { anyOf: [{ type: 'string' }, { type: 'number' }] },
          description: '{prefixItems: [{"type":"string"},{"type":"number"}]}',
        },
        old: {
          type: 'array',
          items: { type: 'string', description: '{maxLength: 3}' },
          description: '{items: [{"type":"string","maxLength":3}]}',
        },
        not: { type: 'string', description: '{not: {"const":"x"}, default: "y"}' },
      },
    });
  });

  it('has its definitions under $defs, and nothing beside a reference', () => {
    const given = { $ref: '#/definitions/a', description: 'x', definitions: { a: { type: 'string' } } };
    expect(supportedSchema(given)).toEqual({ $ref: '#/$defs/a', $defs: { a: { type: 'string' } } });
  });

  const strictTools = (count: number, parameters: object) =>
    translated('responses', {
      tools: Array.from({ length: count }, (_, index) => ({
        type: 'function',
        name: `t${index}`,
        strict: true,
        parameters,
      })),
    });
  const strictCount = (tools: unknown) => (tools as { strict?: true }[]).filter(({ strict }) => strict).length;

  it.each<[name: string, count: number, parameters: object, strict: number]>([
    ['tools', 22, { type: 'object', properties: {} }, 20],
    [
      'optional parameters',
      5,
      {
        type: 'object',
        properties: Object.fromEntries('abcdefghij'.split('').map((key) => [key, { type: 'string' }])),
      },
      2,
    ],
    [
      'parameters of several types',
      20,
      { type: 'object', properties: { a: { type: ['string', 'null'] } }, required: ['a'] },
      16,
    ],
  ])('beyond what Claude takes is offered without being strict: %s', (_name, count, parameters, strict) => {
    const { body, leftOut } = strictTools(count, parameters);
    expect(body.tools).toHaveLength(count);
    expect(strictCount(body.tools)).toBe(strict);
    expect(leftOut).toHaveLength(count - strict);
    expect(leftOut[0]).toBe(`tools[${strict}].strict`);
  });

  it.each<[name: string, schema: object, isTaken: boolean]>([
    ['refers to itself', { $defs: { a: { properties: { b: { $ref: '#/$defs/a' } } } }, $ref: '#/$defs/a' }, false],
    ['refers to its root', { properties: { a: { $ref: '#' } } }, false],
    ['refers to another document', { properties: { a: { $ref: 'https://example.com/a' } } }, false],
    [
      'uses a definition twice',
      { $defs: { a: {} }, properties: { b: { $ref: '#/$defs/a' }, c: { $ref: '#/$defs/a' } } },
      true,
    ],
  ])('that %s', (_name, schema, isTaken) => {
    expect(new StrictCounts().takesTool(schema as Record<string, unknown>)).toBe(isTaken);
  });

  it('of an answer that is too large for Claude is given as an instruction', () => {
    const properties = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${index}`, { type: 'string' }]));
    const schema = { type: 'object', properties };
    const { body, leftOut } = translated('chat', {
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
    });
    expect(body).not.toHaveProperty('output_config');
    expect(body.system).toContain(JSON.stringify(schema));
    expect(leftOut).toEqual(['response_format']);
  });
});
