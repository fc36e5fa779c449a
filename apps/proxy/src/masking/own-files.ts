import { readFileSync } from 'node:fs';
import { type KnownValues, type OwnRule, patternFault } from '@claude-proxy/masking';
import { z } from 'zod';
import { ConfigError } from '../config/read-config.js';

const NAME = /^[A-Z][A-Z0-9_]{0,59}$/;
const MIN_VALUE_CHARACTERS = 3;

const rulesSchema = z.array(z.strictObject({ name: z.string().regex(NAME), pattern: z.string().min(1) })).max(200);
const values = z.array(z.string().min(MIN_VALUE_CHARACTERS).max(253)).max(10_000).optional();
const knownSchema = z.strictObject({
  accounts: z
    .array(z.string().regex(/^\d{12}$/))
    .max(10_000)
    .optional(),
  domains: values,
  bucket_prefixes: values,
  names: values,
});

/** @throws ConfigError naming every fault of the file */
export function readRules(path: string | undefined): readonly OwnRule[] {
  if (path === undefined) return [];
  const rules = read('MASKING_RULES_FILE', path, rulesSchema, '[{"name": "TICKET", "pattern": "ACME-[0-9]{6}"}]');
  const faults = rules.flatMap(({ name, pattern }) => {
    const fault = patternFault(pattern);
    return fault ? [`MASKING_RULES_FILE is "${path}": the pattern of ${name} ${fault}`] : [];
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return rules;
}

/** @throws ConfigError naming every fault of the file */
export function readKnownValues(path: string | undefined): KnownValues {
  if (path === undefined) return {};
  const sample =
    '{"accounts": ["123456789012"], "domains": ["corp.example"], "bucket_prefixes": ["acme-"], "names": []}';
  return read('MASKING_KNOWN_FILE', path, knownSchema, sample) as KnownValues;
}

function read<Value>(variable: string, path: string, schema: z.ZodType<Value>, sample: string): Value {
  const fail = (fault: string) => new ConfigError([`${variable} is "${path}": ${fault}; allowed: ${sample}`]);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw fail(code ? `the file cannot be read: ${code}` : `the file is not JSON: ${message}`);
  }
  const { data, error } = schema.safeParse(content);
  if (data !== undefined) return data;
  throw fail(
    error!.issues.map(({ path: place, message }) => `${place.join('.') || 'the file'}: ${message}`).join('; '),
  );
}
