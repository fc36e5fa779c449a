import { readFileSync } from 'node:fs';
import { ClaudeModels } from '@claude-proxy/claude-models';
import type { z } from 'zod';
import { mergedModels } from './merged-models.js';
import { modelRow, type PlacedRow } from './model-row.js';
import { ConfigError } from './read-config.js';

const MAX_QUOTED_CHARACTERS = 100;

/**
 * The built-in models with those of the file: added, or changed where the id is known.
 *
 * @throws ConfigError naming every fault: the row, the member, its value and what is allowed
 */
export function modelsWith(path: string): ClaudeModels {
  const fail = (faults: readonly string[]) =>
    new ConfigError(faults.map((fault) => `MODELS_FILE is "${path}": ${fault}`));
  const faults: string[] = [];
  const rows = placedRows(listIn(path, fail), faults);
  const models = mergedModels(rows, new ClaudeModels(), faults);
  if (faults.length > 0) throw fail(faults);
  return new ClaudeModels(models);
}

function listIn(path: string, fail: (faults: readonly string[]) => ConfigError): readonly unknown[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw fail([`the file cannot be read: ${code ?? message}`]);
  }
  const list = parsed(text, fail);
  if (Array.isArray(list)) return list;
  throw fail([`the file holds ${quoted(list)}; allowed: a list of rows, such as [{"id": "claude-opus-6", …}]`]);
}

function parsed(text: string, fail: (faults: readonly string[]) => ConfigError): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fail([`the file is not JSON: ${(error as Error).message}`]);
  }
}

function placedRows(list: readonly unknown[], faults: string[]): PlacedRow[] {
  return list.flatMap((given, index) => {
    const place = placeOf(given, index);
    const { data, error } = modelRow.safeParse(given);
    if (data) return [{ place, row: data }];
    faults.push(...error.issues.map((issue) => `${place}: ${faultOf(issue, given)}`));
    return [];
  });
}

function placeOf(given: unknown, index: number): string {
  const id = (given as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? `row ${index + 1} (${quoted(id)})` : `row ${index + 1}`;
}

function faultOf(issue: z.core.$ZodIssue, given: unknown): string {
  const member = issue.path.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : path ? `${path}.${String(key)}` : String(key)),
    '',
  );
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys.map((key) => quoted(member ? `${member}.${key}` : key)).join(', ');
    return `${unknown} is not a member of a row; allowed: ${issue.message}`;
  }
  const value = issue.path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)[key], given);
  const said = value === undefined ? 'is missing' : `is ${quoted(value)}`;
  return `${member || 'it'} ${said}; allowed: ${issue.message}`;
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text;
}
