import { isJsonObject, type JsonObject, objectsIn } from '../json-object.js';

/**
 * How much of strict schemas one request may have, over all its tools and the form of its answer.
 * Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
const MAX_TOOLS = 20;
const MAX_OPTIONAL = 24;
const MAX_UNIONS = 16;

interface Counts {
  readonly optional: number;
  readonly unions: number;
}

/** Counts the strict schemas of one request. */
export class StrictCounts {
  private toolCount = 0;
  private optional = 0;
  private unions = 0;

  /** Whether the schema of the answer's form fits. */
  takesFormat(schema: JsonObject): boolean {
    return !isRecursive(schema) && this.fits(countsOf(schema));
  }

  /** Whether one more strict tool fits; counts it if so. */
  takesTool(schema: JsonObject): boolean {
    if (this.toolCount >= MAX_TOOLS || isRecursive(schema) || !this.fits(countsOf(schema))) return false;
    this.toolCount += 1;
    return true;
  }

  private fits({ optional, unions }: Counts): boolean {
    if (this.optional + optional > MAX_OPTIONAL || this.unions + unions > MAX_UNIONS) return false;
    this.optional += optional;
    this.unions += unions;
    return true;
  }
}

function countsOf(value: unknown): Counts {
  let optional = 0;
  let unions = 0;
  for (const schema of schemasIn(value)) {
    const { properties, required, type, anyOf } = schema;
    const isRequired = new Set(Array.isArray(required) ? required : []);
    if (isJsonObject(properties)) optional += Object.keys(properties).filter((name) => !isRequired.has(name)).length;
    if (Array.isArray(anyOf) || (Array.isArray(type) && type.length > 1)) unions += 1;
  }
  return { optional, unions };
}

/** A schema and all schemas in it. */
function schemasIn(value: unknown): JsonObject[] {
  const found: JsonObject[] = [];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const schema = open.pop();
    if (!isJsonObject(schema)) continue;
    found.push(schema);
    for (const each of subschemasOf(schema)) open.push(each);
  }
  return found;
}

function subschemasOf({ properties, $defs, items, anyOf, allOf }: JsonObject): unknown[] {
  const maps = [properties, $defs].filter(isJsonObject).flatMap((map) => Object.values(map));
  return [...maps, items, ...objectsIn(anyOf), ...objectsIn(allOf)];
}

/** Anthropic compiles a schema into a grammar that holds no reference to itself, nor one to another document. */
function isRecursive({ $defs, ...top }: JsonObject): boolean {
  const definitions = isJsonObject($defs) ? $defs : {};
  const states = new Map<string, 'open' | 'done'>();
  const stack = namesIn(top).map((name) => ({ name, isLeaving: false }));
  while (stack.length > 0) {
    const { name, isLeaving } = stack.pop()!;
    const state = states.get(name);
    if (isLeaving) states.set(name, 'done');
    else if (state === 'open' || !Object.hasOwn(definitions, name)) return true;
    else if (state === undefined) {
      states.set(name, 'open');
      stack.push({ name, isLeaving: true });
      for (const each of namesIn(definitions[name])) stack.push({ name: each, isLeaving: false });
    }
  }
  return false;
}

/** The definitions that a schema refers to; what is not one of them cannot be found. */
function namesIn(schema: unknown): string[] {
  return schemasIn(schema).flatMap(({ $ref }) => {
    if (typeof $ref !== 'string') return [];
    return [/^#\/\$defs\/([^/]+)$/.exec($ref)?.[1] ?? $ref];
  });
}
