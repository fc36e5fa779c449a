const OBJECT = /^\/v1\/(messages\/batches|files|skills)(?:\/([^/?]+))?(?:\/([^?]*?))?\/?(?:\?|$)/;
const LONGEST_PAGES: Readonly<Record<string, string>> = { 'messages/batches': '1000', files: '1000', skills: '100' };

const ACTS_ON_ALL: Readonly<Record<string, 'create' | 'list'>> = { POST: 'create', GET: 'list' };

/** Which object of the API a request concerns, such as one batch, and how. */
export interface ObjectRequest {
  /** `messages/batches`, `files` or `skills`. */
  readonly kind: string;
  /** Decoded; absent for the whole list and for a new object. */
  readonly id: string | undefined;
  readonly act: 'create' | 'list' | 'delete' | 'results' | 'other';
}

/** @param path checked: no encoded separators, no empty or dot segments */
export function objectRequestOf(method: string, path: string): ObjectRequest {
  const [, kind = '', id, rest = ''] = OBJECT.exec(path) ?? [];
  return { kind, id: id === undefined ? undefined : decodeURIComponent(id), act: actOf(method, kind, id, rest) };
}

/** The path that asks for as many objects as the API puts on one page. */
export function withLongestPage(path: string, { kind }: ObjectRequest): string {
  const [resource, query] = path.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('limit', LONGEST_PAGES[kind]!);
  return `${resource}?${parameters}`;
}

function actOf(method: string, kind: string, id: string | undefined, rest: string): ObjectRequest['act'] {
  if (id === undefined) return ACTS_ON_ALL[method] ?? 'other';
  if (method === 'DELETE' && rest === '') return 'delete';
  return method === 'GET' && kind === 'messages/batches' && rest === 'results' ? 'results' : 'other';
}
