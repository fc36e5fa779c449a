import { isObject, type JsonObject, withMember } from './json-objects.js';

/**
 * The body without the field that a path of Bedrock's names: `context_management`, `tools.*.custom.defer_loading`,
 * `messages.*.content.*.tool_use.caller`. `*` is every entry of a list; a segment that is no member but the `type` of
 * the entry only narrows (`custom` is a tool without type). The input is not changed.
 */
export function withoutPath(body: JsonObject, path: string): JsonObject {
  return remove(body, path.split('.')) as JsonObject;
}

function remove(value: unknown, segments: readonly string[]): unknown {
  const [segment = '', ...rest] = segments;
  if (Array.isArray(value)) {
    return segment === '*' ? value.map((entry) => remove(entry, rest)) : value;
  }
  if (!isObject(value)) return value;
  if (rest.length === 0) return withMember(value, segment, undefined);
  const member = value[segment];
  if (typeof member === 'object' && member !== null) return withMember(value, segment, remove(member, rest));
  return isTypeOf(value, segment) ? remove(value, rest) : value;
}

function isTypeOf(value: JsonObject, tag: string): boolean {
  return value.type === tag || (tag === 'custom' && (value.type === undefined || value.type === null));
}
