import { describe, expect, it } from '@jest/globals';
import { supportedSchema } from './supported-schema.js';

describe('supportedSchema', () => {
  it('closes every object, however deep', () => {
    const inner = { type: 'object', properties: { a: { type: 'string' } } };
    const closed = { ...inner, additionalProperties: false };
    expect(
      supportedSchema({
        type: 'object',
        properties: { list: { type: 'array', items: inner }, either: { anyOf: [inner, { type: 'null' }] } },
        $defs: { inner },
      }),
    ).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: { list: { type: 'array', items: closed }, either: { anyOf: [closed, { type: 'null' }] } },
      $defs: { inner: closed },
    });
  });

  it('closes an object that may also be null, and one that says so by its properties only', () => {
    expect(supportedSchema({ type: ['object', 'null'] }).additionalProperties).toBe(false);
    expect(supportedSchema({ properties: {} }).additionalProperties).toBe(false);
    expect(supportedSchema({ type: 'string' })).toEqual({ type: 'string' });
  });

  it('moves constraints that are refused into the description', () => {
    expect(supportedSchema({ type: 'integer', minimum: 1, maximum: 9, description: 'A digit.' })).toEqual({
      type: 'integer',
      description: 'A digit.\n\n{minimum: 1, maximum: 9}',
    });
    expect(supportedSchema({ type: 'string', format: 'color' })).toEqual({
      type: 'string',
      description: '{format: "color"}',
    });
  });

  it('keeps what is taken', () => {
    const schema = { type: 'string', enum: ['a'], format: 'date' };
    expect(supportedSchema(schema)).toEqual(schema);
    expect(supportedSchema({ type: 'array', minItems: 1 })).toEqual({ type: 'array', minItems: 1 });
  });

  it('takes a property that is named like a constraint for a property', () => {
    const schema = { type: 'object', properties: { maximum: { type: 'number' } }, additionalProperties: false };
    expect(supportedSchema(schema)).toEqual(schema);
  });

  it('leaves the given schema as it is', () => {
    const schema = Object.freeze({ type: 'object', properties: Object.freeze({ a: Object.freeze({ minimum: 1 }) }) });
    supportedSchema(schema);
    expect(schema.properties.a).toEqual({ minimum: 1 });
  });

  it('writes "one of" as "any of"', () => {
    expect(supportedSchema({ oneOf: [{ type: 'string' }] })).toEqual({ anyOf: [{ type: 'string' }] });
  });
});
