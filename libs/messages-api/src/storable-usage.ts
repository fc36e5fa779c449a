import { countOf, type Usage } from './usage.js';

/** Anthropic's own report has three levels. */
const MAX_DEPTH = 6;
const MAX_MEMBERS = 100;
const MAX_TEXT = 200;
const MAX_NAME = 100;
const COUNT_NAME = /(?:_tokens|_requests)$/;

/**
 * What an answer reported about its usage, set right: any store keeps it, and everything that counts is a count. Only
 * its size and its numbers change; fields that we do not know are kept.
 */
export function storableUsage(usage: Usage | undefined): Usage | undefined {
  return usage && (storableMap(usage, 1) as Usage);
}

function storableMap(map: object, depth: number): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  for (const [name, value] of Object.entries(map)) {
    if (kept.length === MAX_MEMBERS) break;
    const storable = isStorableName(name) ? storableValue(name, value, depth) : undefined;
    if (storable !== undefined) kept.push([name, storable]);
  }
  return Object.fromEntries(kept);
}

/** Undefined where it is to be left out. */
function storableValue(name: string, value: unknown, depth: number): unknown {
  if (COUNT_NAME.test(name) && typeof value !== 'object') return countOf(value);
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : 0;
  if (typeof value === 'string') return value.slice(0, MAX_TEXT).toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) return undefined;
  if (!Array.isArray(value)) return storableMap(value, depth + 1);
  const members = value.slice(0, MAX_MEMBERS).map((member) => storableValue('', member, depth + 1));
  return members.filter((member) => member !== undefined);
}

/** `__proto__` and `constructor` are not members to everything that an item passes on its way. */
function isStorableName(name: string): boolean {
  return name !== '' && name.length <= MAX_NAME && name.isWellFormed() && !/^(?:__proto__|constructor)$/.test(name);
}
