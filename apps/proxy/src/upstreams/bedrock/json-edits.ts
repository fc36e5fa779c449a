import { membersOfJson } from '@claude-proxy/messages-api';

/**
 * Edits in JSON text that leave every other byte as it is: parsing and writing again would change numbers, and the
 * order of keys inside a tool's input.
 */

/** The object with this member's value replaced. The same bytes where it has no such member. */
export function withValue(json: Buffer, key: string, value: Buffer): Buffer {
  const range = membersOfJson(json).get(key);
  if (!range || json.subarray(range.start, range.end).equals(value)) return json;
  return Buffer.concat([json.subarray(0, range.start), value, json.subarray(range.end)]);
}

/** The object without this member. `key` is written without escapes. */
export function withoutMember(json: Buffer, key: string): Buffer {
  const range = membersOfJson(json).get(key);
  if (!range) return json;
  const keyStart = json.lastIndexOf(JSON.stringify(key), range.start - 1);
  const before = json.subarray(0, keyStart).toString().trimEnd();
  const after = json.subarray(range.end).toString().trimStart();
  return Buffer.from(before.endsWith(',') ? before.slice(0, -1) + after : before + after.replace(/^,/, ''));
}
