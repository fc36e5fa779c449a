export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object without these members; the very same object where it has none of them. */
export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  if (!keys.some((key) => key in object)) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** The object with this member changed; `undefined` removes it. The very same object where nothing changes. */
export function withMember(object: JsonObject, key: string, value: unknown): JsonObject {
  if (value === undefined) return without(object, [key]);
  return object[key] === value ? object : { ...object, [key]: value };
}

/** Rewrites each item; `undefined` drops it. The very same list where nothing changes: request bodies are shared. */
export function rewriteEach(
  items: readonly unknown[],
  rewrite: (item: unknown) => unknown | undefined,
): readonly unknown[] {
  const rewritten = items.map(rewrite);
  const isChanged = rewritten.some((item, index) => item !== items[index]);
  return isChanged ? rewritten.filter((item) => item !== undefined) : items;
}
