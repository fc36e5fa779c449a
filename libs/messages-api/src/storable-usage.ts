import { countOf, type Usage } from './usage.js';

/** Anthropic's own report has three levels. */
const MAX_DEPTH = 6;
const MAX_MEMBERS = 100;
const MAX_TEXT = 200;
const MAX_NAME = 100;
const COUNT_NAME = /(?:_tokens|_requests)$/;

/**
 * The usage report of an answer, limited to what every store accepts. Counts are valid numbers, and sizes are bounded.
 * Unknown fields are kept.
 */
export function storableUsage(usage: Usage | undefined): Usage | undefined {
  return usage && (storableMap(usage, 1) as Usage);
}

function storableMap(map: object, depth: number): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let members = 0;
  for (const name of Object.keys(map)) {
    if (members === MAX_MEMBERS) break;
    const storable = isStorableName(name) ? storableValue(name, (map as typeof kept)[name], depth) : undefined;
    if (storable === undefined) continue;
    kept[name] = storable;
    members += 1;
  }
  return kept;
}

/** Undefined if the value must be dropped. */
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

/** Several layers below treat `__proto__` and `constructor` as something other than members. */
function isStorableName(name: string): boolean {
  return (
    name !== '' && name.length <= MAX_NAME && name.isWellFormed() && name !== '__proto__' && name !== 'constructor'
  );
}
