import { readFileSync } from 'node:fs';
import { z } from 'zod';

const FILE = new URL('../../docs/command-line.schema.json', import.meta.url);

type Schema = Parameters<typeof z.fromJSONSchema>[0];

const file = JSON.parse(readFileSync(FILE, 'utf8'), (_key, value) =>
  // Readers accept more fields; a test must not: a field without a schema could disappear unnoticed.
  value?.properties && !value.additionalProperties ? { ...value, additionalProperties: false } : value,
);

/** Outputs by their command; `error` for those of all. */
export const OUTPUT_NAMES = Object.keys(file.$defs).filter((name) => /^[a-z]/.test(name));

/** What an output has beside its schema in docs/command-line.schema.json, or lacks of it. Empty if it is as described. */
export function outputFaults(name: string, output: unknown): string[] {
  const schema = { $schema: file.$schema, $defs: file.$defs, $ref: `#/$defs/${name}` } as Schema;
  const { error } = z.fromJSONSchema(schema).safeParse(output);
  return (error?.issues ?? []).map(({ path, message }) => `${name}: ${path.join('.')}: ${message}`);
}
