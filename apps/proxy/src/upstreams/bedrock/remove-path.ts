import type { JsonView } from '@claude-proxy/messages-api';
import type { Draft } from './draft.js';

/**
 * Removes the field at a path in Bedrock's format: `context_management`, `tools.*.custom.defer_loading`,
 * `messages.*.content.*.tool_use.caller`. `*` is every entry of a list; a segment that is not a member but the `type`
 * of the entry only filters (`custom` is a tool without type). A removed field is reported as dropped.
 */
export function removePath(draft: Draft, path: string): void {
  const segments = path.split('.');
  if (removed(draft, draft.root, segments)) draft.leftOut.add(nameOf(segments));
}

/** The path in the caller's spelling: `tools.strict`, not `tools.*.custom.strict`. */
function nameOf(segments: readonly string[]): string {
  const isListed = segments[0] === 'tools' || segments[0] === 'messages';
  return isListed ? `${segments[0]}.${segments.at(-1)}` : segments.join('.');
}

function removed(draft: Draft, value: JsonView, segments: readonly string[]): boolean {
  const [segment = '', ...rest] = segments;
  if (value.isArray) {
    if (segment !== '*') return false;
    return value.items().reduce((isAny, item) => removed(draft, item, rest) || isAny, false);
  }
  if (!value.isObject) return false;
  if (rest.length === 0) return draft.edits.remove(value, segment);
  const member = value.get(segment);
  if (member && (member.isObject || member.isArray)) return removed(draft, member, rest);
  return isTypeOf(value, segment) && removed(draft, value, rest);
}

function isTypeOf(value: JsonView, tag: string): boolean {
  const type = value.get('type');
  return type?.asText() === tag || (tag === 'custom' && (type === undefined || type.isNull));
}
