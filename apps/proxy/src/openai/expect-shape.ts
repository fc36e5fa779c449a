import { isJsonObject, type JsonObject } from './json-object.js';
import { invalid } from './refusals.js';

/** Checks of what a caller sent, at one place of its body. Each throws a GatewayError that names the place. */

export function objectAt(value: unknown, param: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw mistyped(param, 'object', value);
}

export function listAt(value: unknown, param: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw mistyped(param, 'array', value);
}

/** A text of at most `maxCharacters`; each character of an id or a name is looked at. */
export function textAt(holder: JsonObject, key: string, param: string, maxCharacters = Infinity): string {
  const value = holder[key];
  const place = `${param}.${key}`;
  if (typeof value !== 'string') throw mistyped(place, 'string', value);
  if (value.length <= maxCharacters) return value;
  throw invalid(
    place,
    `${place}: expected at most ${maxCharacters} characters, received ${value.length}.`,
    'invalid_value',
  );
}

export function optionalTextAt(holder: JsonObject, key: string, param: string): string | undefined {
  const value = holder[key];
  return value === undefined || value === null ? undefined : textAt(holder, key, param);
}

function mistyped(param: string, expected: string, value: unknown) {
  return invalid(param, `${param}: expected ${expected}, received ${kindOf(value)}.`, 'invalid_value');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
