import { z } from 'zod';

/** JSON with schemas in it. Readers accept more fields; a test must not: a field without a schema could disappear unnoticed. */
// biome-ignore lint/suspicious/noExplicitAny: a document of any shape
export function strictSchemas(json: string): any {
  return JSON.parse(json, (_key, value) =>
    value?.properties && !value.additionalProperties ? { ...value, additionalProperties: false } : value,
  );
}

/** What a value has beside its schema, or lacks of it. */
export function schemaFaults(schema: object, value: unknown): string[] {
  const { error } = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}
