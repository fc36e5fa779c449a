import type { JsonView } from '@claude-proxy/messages-api';

/** A string whose content is text: where it is between its quotes, and what precedes it as context. */
interface TextString {
  readonly start: number;
  readonly end: number;
  readonly before: string;
}

/** Blocks that are signed: a changed byte makes them invalid. */
const SIGNED_BLOCKS = new Set(['thinking', 'redacted_thinking']);
/** Members of the protocol that identify, name or carry what is not text. Within the input of a tool no key has a meaning. */
const PROTOCOL_KEYS = new Set([
  ...[
    'id',
    'tool_use_id',
    'type',
    'role',
    'model',
    'name',
    'tool_name',
    'signature',
    'cache_control',
    'file_id',
    'skill_id',
  ],
  ...['media_type', 'encrypted_content', 'encrypted_index', 'encrypted_stdout', 'stop_reason', 'custom_id', 'metadata'],
]);
/** Members of a schema that refer to names of other members. */
const SCHEMA_KEYS = new Set(['type', 'required', '$ref', '$schema', '$defs_order', 'format']);
/** Keys that tell what their value is. */
const TELLING_KEY =
  /account|owner|bucket|secret|kms|key[-_]?id|zone|distribution|credential|token|registry|"?aws"?$|user_?id/i;
const MAX_KEY_CHARACTERS = 60;
const MAX_DEPTH = 256;

export class TooDeepError extends Error {
  override readonly name = 'TooDeepError';
}

type Place = 'protocol' | 'payload' | 'schema';
type OnString = (string: TextString) => void;

/** Calls back for each string that is text, in the order of the bytes. @throws TooDeepError */
export function walkTextStrings(view: JsonView, onString: OnString): void {
  walk(view, 'protocol', '', 0, onString);
}

/** @throws TooDeepError */
function walk(view: JsonView, place: Place, key: string, depth: number, onString: OnString): void {
  if (depth > MAX_DEPTH) throw new TooDeepError(`the JSON text is nested deeper than ${MAX_DEPTH} levels`);
  if (view.isString) onString({ start: view.start + 1, end: view.end - 1, before: contextOf(key) });
  else if (view.isArray) for (const item of view.items()) walk(item, place, key, depth + 1, onString);
  else if (view.isObject) walkObject(view, place, depth, onString);
}

function walkObject(view: JsonView, place: Place, depth: number, onString: OnString): void {
  const type = place === 'protocol' ? view.text('type') : undefined;
  if (type !== undefined && SIGNED_BLOCKS.has(type)) return;
  for (const { key, value } of view.members()) {
    const next = placeOf(place, key, type);
    if (next) walk(value, next, key, depth + 1, onString);
  }
}

/** Undefined for a member that is not text. */
function placeOf(place: Place, key: string, type: string | undefined): Place | undefined {
  if (place === 'payload') return 'payload';
  if (place === 'schema') return SCHEMA_KEYS.has(key) ? undefined : 'schema';
  if (key === 'input' && type?.endsWith('tool_use')) return 'payload';
  if (key === 'input_schema' || key === 'schema') return 'schema';
  if (key === 'data' && (type === 'base64' || type === undefined)) return undefined;
  return PROTOCOL_KEYS.has(key) ? undefined : 'protocol';
}

/** What the key of a member says about its value, as context; empty if it says nothing. */
export function contextOf(key: string): string {
  return key.length <= MAX_KEY_CHARACTERS && TELLING_KEY.test(key) ? `"${key.replaceAll(/["\\]/g, '')}": "` : '';
}
