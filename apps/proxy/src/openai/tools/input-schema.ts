import { isJsonObject, type JsonObject, objectsIn } from '../json-object.js';

/**
 * The schema of a tool such that Claude takes it: JSON Schema 2020-12, an object at the top, and no choice of several
 * schemas there. Older dialects of JSON Schema and of OpenAPI are rewritten; everything else stays as it is.
 */
const COMBINATIONS = ['anyOf', 'oneOf', 'allOf'] as const;
const TYPES = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean', 'null']);

/** Writes what is valid of a keyword into the schema. */
type WriteKeyword = (value: unknown, schema: JsonObject, given: JsonObject) => void;

const schemaMap =
  (key: string): WriteKeyword =>
  (value, schema) => {
    if (isJsonObject(value))
      schema[key] = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, schemaIn(each)]));
  };
const schemaList =
  (key: string): WriteKeyword =>
  (value, schema) => {
    if (Array.isArray(value) && value.length > 0) schema[key] = value.map(schemaIn);
  };
const subschema =
  (key: string): WriteKeyword =>
  (value, schema) => {
    schema[key] = schemaIn(value);
  };
/** In draft 4 these were flags beside the bound. */
const exclusive =
  (key: string, bound: string): WriteKeyword =>
  (value, schema, given) => {
    if (typeof value === 'number') schema[key] = value;
    else if (value === true && given[bound] !== undefined) schema[key] = given[bound];
  };

const REWRITTEN: Readonly<Record<string, WriteKeyword>> = {
  type(value, schema) {
    const types = [value].flat().filter((type) => TYPES.has(String(type)));
    if (types.length > 0) schema.type = Array.isArray(value) ? types : types[0];
  },
  required(value, schema) {
    if (Array.isArray(value) && value.every((name) => typeof name === 'string')) schema.required = [...new Set(value)];
  },
  enum(value, schema) {
    if (Array.isArray(value) && value.length > 0) schema.enum = value;
  },
  items(value, schema) {
    if (Array.isArray(value)) schema.prefixItems = value.map(schemaIn);
    else schema.items = schemaIn(value);
  },
  exclusiveMinimum: exclusive('exclusiveMinimum', 'minimum'),
  exclusiveMaximum: exclusive('exclusiveMaximum', 'maximum'),
  ...Object.fromEntries(
    ['properties', '$defs', 'definitions', 'patternProperties', 'dependentSchemas'].map((key) => [key, schemaMap(key)]),
  ),
  ...Object.fromEntries(['anyOf', 'oneOf', 'allOf', 'prefixItems'].map((key) => [key, schemaList(key)])),
  ...Object.fromEntries(
    ['additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'].map((key) => [
      key,
      subschema(key),
    ]),
  ),
};

export function inputSchema(parameters: JsonObject = {}): JsonObject {
  const { type: _type, ...valid } = validSchema(parameters);
  const schema = { type: 'object', properties: {}, ...valid };
  return COMBINATIONS.some((key) => key in schema) ? flattened(schema) : schema;
}

/** What the choices have in common, and the choices themselves as a description. */
function flattened(schema: JsonObject): JsonObject {
  const { anyOf, oneOf, allOf, description, ...others } = schema;
  const choices = [...objectsIn(anyOf), ...objectsIn(oneOf)];
  const all = objectsIn(allOf);
  const properties = Object.assign({}, ...[...choices, ...all, others].map(propertiesOf)) as JsonObject;
  const ofChoices = choices.map(requiredOf);
  const inEach = (ofChoices[0] ?? []).filter((name) => ofChoices.every((required) => required.includes(name)));
  const required = [...new Set([...requiredOf(others), ...all.flatMap(requiredOf), ...inEach])];
  const hint = JSON.stringify({
    ...(anyOf ? { anyOf } : {}),
    ...(oneOf ? { oneOf } : {}),
    ...(allOf ? { allOf } : {}),
  });
  return {
    ...others,
    properties,
    ...(required.length > 0 ? { required } : {}),
    description: [description, hint].filter(Boolean).join('\n\n'),
  };
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}

function requiredOf({ required }: JsonObject): string[] {
  return Array.isArray(required) ? required.map(String) : [];
}

function validSchema(given: JsonObject): JsonObject {
  const schema: JsonObject = {};
  for (const [key, value] of Object.entries(given)) {
    if (value === null && key !== 'default' && key !== 'const') continue;
    const write = Object.hasOwn(REWRITTEN, key) ? REWRITTEN[key]! : copy(key);
    write(value, schema, given);
  }
  return schema;
}

function copy(key: string): WriteKeyword {
  return (value, schema) => {
    schema[key] = value;
  };
}

function schemaIn(value: unknown): unknown {
  if (isJsonObject(value)) return validSchema(value);
  return typeof value === 'boolean' ? value : {};
}
