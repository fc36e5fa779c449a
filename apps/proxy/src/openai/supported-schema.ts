import { isJsonObject, type JsonObject } from './json-object.js';

/** Constraints that structured output refuses; they go into the description, where the model still reads them. */
const REFUSED = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'maxItems', 'uniqueItems', 'contains', 'minContains', 'maxContains'],
  ...['minProperties', 'maxProperties', 'patternProperties', 'propertyNames'],
];
const UNDERSTOOD_FORMATS = new Set('date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' '));
const MAPS_OF_SCHEMAS = ['properties', '$defs', 'definitions'];
const LISTS_OF_SCHEMAS = ['anyOf', 'allOf', 'oneOf'];

/**
 * A JSON schema in the subset that Anthropic's structured output takes: every object closed, no constraint it refuses.
 * Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
export function supportedSchema(schema: JsonObject): JsonObject {
  const { kept, hints } = withoutRefused(schema);
  for (const key of MAPS_OF_SCHEMAS) {
    if (isJsonObject(kept[key])) kept[key] = mapValues(kept[key], schemaIn);
  }
  for (const key of LISTS_OF_SCHEMAS) {
    if (Array.isArray(kept[key])) kept[key] = kept[key].map(schemaIn);
  }
  if (kept.items !== undefined) kept.items = schemaIn(kept.items);
  if (kept.oneOf !== undefined && kept.anyOf === undefined) {
    kept.anyOf = kept.oneOf;
    delete kept.oneOf;
  }
  if (isObjectSchema(kept)) kept.additionalProperties = false;
  if (hints.length > 0) kept.description = [kept.description, `{${hints.join(', ')}}`].filter(Boolean).join(' ');
  return kept;
}

function withoutRefused(schema: JsonObject): { kept: JsonObject; hints: string[] } {
  const kept: JsonObject = {};
  const hints: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (isRefused(key, value)) hints.push(`${key}: ${JSON.stringify(value)}`);
    else kept[key] = value;
  }
  return { kept, hints };
}

function isRefused(key: string, value: unknown): boolean {
  if (key === 'minItems') return value !== 0 && value !== 1;
  if (key === 'format') return !UNDERSTOOD_FORMATS.has(String(value));
  return REFUSED.includes(key);
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || properties !== undefined;
}

function schemaIn(value: unknown): unknown {
  return isJsonObject(value) ? supportedSchema(value) : value;
}

function mapValues(map: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
