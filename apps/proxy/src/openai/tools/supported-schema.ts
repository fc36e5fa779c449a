import { isJsonObject, type JsonObject, objectsIn } from '../json-object.js';

/**
 * A JSON schema in the subset that Anthropic's structured output takes: every object closed, and each keyword that it
 * refuses in the description, where the model still reads it. Anthropic's own SDK does the same (`transformJSONSchema`).
 * Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
const FORMATS = new Set('date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' '));
const TYPES = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean', 'null']);
/** Says nothing about the value. */
const WITHOUT_EFFECT = new Set(['$schema', '$id', '$comment', 'id', 'strict']);

/** Writes what it takes of a keyword into the schema. Returns false where the keyword goes into the description. */
type Keyword = (value: unknown, schema: JsonObject, given: JsonObject) => boolean;

const schemaMap =
  (key: string): Keyword =>
  (value, schema) => {
    if (!isJsonObject(value)) return false;
    schema[key] = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, schemaIn(each)]));
    return true;
  };
const schemaList =
  (key: string): Keyword =>
  (value, schema) => {
    if (!Array.isArray(value) || value.length === 0) return false;
    schema[key] = [...((schema[key] as unknown[] | undefined) ?? []), ...value.map(schemaIn)];
    return true;
  };
const asItIs =
  (key: string, isTaken: (value: unknown) => boolean): Keyword =>
  (value, schema) => {
    if (!isTaken(value)) return false;
    schema[key] = value;
    return true;
  };

const KEYWORDS: Readonly<Record<string, Keyword>> = {
  type: asItIs('type', isType),
  title: asItIs('title', isText),
  description: asItIs('description', isText),
  enum: asItIs('enum', (value) => Array.isArray(value) && value.length > 0 && value.every(isScalar)),
  const: asItIs('const', isScalar),
  format: asItIs('format', (value) => FORMATS.has(String(value))),
  minItems: asItIs('minItems', (value) => value === 0 || value === 1),
  required: asItIs('required', (value) => Array.isArray(value) && value.every(isText)),
  properties: schemaMap('properties'),
  $defs: schemaMap('$defs'),
  definitions: schemaMap('$defs'),
  anyOf: schemaList('anyOf'),
  oneOf: schemaList('anyOf'),
  allOf: schemaList('allOf'),
  $ref: (value, schema) => {
    if (!isText(value)) return false;
    schema.$ref = value.replace(/^#\/definitions\//, '#/$defs/');
    return true;
  },
  items: (value, schema, { prefixItems }) => {
    if (prefixItems !== undefined) return value === false;
    if (Array.isArray(value)) return describedTuple(value, schema);
    if (!isJsonObject(value)) return false;
    schema.items = schemaIn(value);
    return true;
  },
  prefixItems: describedTuple,
  // Each object is closed below; only an open form is worth a description.
  additionalProperties: (value) => !isJsonObject(value),
};

export function supportedSchema(given: JsonObject): JsonObject {
  const schema: JsonObject = {};
  const hints: string[] = [];
  for (const [key, value] of Object.entries(given)) {
    if (WITHOUT_EFFECT.has(key) || value === undefined) continue;
    const isTaken = Object.hasOwn(KEYWORDS, key) && KEYWORDS[key]!(value, schema, given);
    if (!isTaken) hints.push(`${key}: ${JSON.stringify(value)}`);
  }
  return isText(schema.$ref) ? withDefinitions(schema) : closed(schema, hints);
}

function closed(schema: JsonObject, hints: readonly string[]): JsonObject {
  if (isObjectSchema(schema)) {
    schema.additionalProperties = false;
    if (schema.type === 'object') schema.properties ??= {};
  }
  if (hints.length > 0) schema.description = [schema.description, `{${hints.join(', ')}}`].filter(Boolean).join('\n\n');
  return schema;
}

/** Nothing may stand beside a reference but the definitions of the whole schema. */
function withDefinitions({ $ref, $defs }: JsonObject): JsonObject {
  return $defs === undefined ? { $ref } : { $defs, $ref };
}

/** Items by their place become a choice of all; which place takes which is in the description. */
function describedTuple(items: unknown, schema: JsonObject): boolean {
  const schemas = objectsIn(items).map(supportedSchema);
  if (schemas.length > 0) schema.items = schemas.length === 1 ? schemas[0] : { anyOf: schemas };
  return false;
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || properties !== undefined;
}

function schemaIn(value: unknown): unknown {
  return isJsonObject(value) ? supportedSchema(value) : {};
}

function isType(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length > 0 && value.every((each) => TYPES.has(String(each)))
    : TYPES.has(String(value));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}
