/** Removes what JSON allows and DynamoDB cannot store: some numbers, and two names. */
export function storableJson(text: string): unknown {
  return storable(JSON.parse(text));
}

function storable(value: unknown): unknown {
  if (typeof value === 'number') {
    const size = Math.abs(value);
    return size > Number.MAX_SAFE_INTEGER || (size !== 0 && size < 1e-130) ? 1 : value;
  }
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => name !== '' && name !== 'constructor');
  return Object.fromEntries(members.map(([name, member]) => [name, storable(member)]));
}
