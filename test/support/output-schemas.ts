import { readFileSync } from 'node:fs';
import { schemaFaults, strictSchemas } from './strict-schemas.js';

const file = strictSchemas(readFileSync(new URL('../../docs/command-line.schema.json', import.meta.url), 'utf8'));

/** Outputs by their command; `error` for those of all. */
export const OUTPUT_NAMES = Object.keys(file.$defs).filter((name) => /^[a-z]/.test(name));

/** What an output has beside its schema in docs/command-line.schema.json, or lacks of it. Empty if it is as described. */
export function outputFaults(name: string, output: unknown): string[] {
  const schema = { $schema: file.$schema, $defs: file.$defs, $ref: `#/$defs/${name}` };
  return schemaFaults(schema, output).map((fault) => `${name}: ${fault}`);
}
