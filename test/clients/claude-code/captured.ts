import type { RecordedRequest } from '@claude-proxy/simulator';

/** Sorted names from the requests of a client. Values only for betas and for types of blocks and tools. */
export interface Captured {
  readonly version: string;
  readonly endpoints: readonly string[];
  readonly headers: readonly string[];
  readonly betas: readonly string[];
  readonly fields: readonly string[];
  readonly types: readonly string[];
}

type Kind = Exclude<keyof Captured, 'version'>;

const KINDS: readonly Kind[] = ['endpoints', 'headers', 'betas', 'fields', 'types'];
const MAX_DEPTH = 6;
/** Everything below these belongs to the caller. */
const OPAQUE = new Set(['input', 'input_schema', 'schema', 'properties', 'classifier_context']);

/** The names in these requests. */
export function captureOf(version: string, requests: readonly RecordedRequest[]): Captured {
  const fields = new Set<string>();
  const types = new Set<string>();
  for (const { json } of requests) collect(json, '', { fields, types }, 0);
  return {
    version,
    endpoints: sorted(requests.map(({ method, path }) => `${method} ${path.replace(/[\w-]{20,}/g, '{id}')}`)),
    headers: sorted(requests.flatMap(({ headers }) => Object.keys(headers))),
    betas: sorted(requests.flatMap(({ headers }) => String(headers['anthropic-beta'] ?? '').split(','))),
    fields: sorted(fields),
    types: sorted(types),
  };
}

/** One line per name that is in only one of two captures. */
export function changesBetween(before: Captured, after: Captured): string[] {
  return KINDS.flatMap((kind) => [
    ...after[kind].filter((name) => !before[kind].includes(name)).map((name) => `new in ${kind}: ${name}`),
    ...before[kind].filter((name) => !after[kind].includes(name)).map((name) => `gone from ${kind}: ${name}`),
  ]);
}

function collect(value: unknown, path: string, into: Record<'fields' | 'types', Set<string>>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, `${path}[]`, into, depth + 1);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    const own = path === '' ? name : `${path}.${name}`;
    into.fields.add(own);
    if (name === 'type' && typeof member === 'string') into.types.add(`${own}: ${member}`);
    if (!OPAQUE.has(name)) collect(member, own, into, depth + 1);
  }
}

function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].filter((name) => name !== '').sort();
}
