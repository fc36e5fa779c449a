import type { Outcome, RequestLine } from '@claude-proxy/admin-api';
import type { RequestFilter } from '@claude-proxy/admin-client';

/** What the log is narrowed to; every member is text as in the address. */
export interface Filter {
  readonly user?: string;
  readonly model?: string;
  readonly upstream?: string;
  readonly outcome?: string;
  readonly status?: string;
  /** `datetime-local`, in the viewer's zone. */
  readonly since?: string;
  readonly until?: string;
  readonly slow_ms?: string;
  readonly fallbacks?: string;
  readonly errors?: string;
}

export const FILTER_KEYS = [
  'user',
  'model',
  'upstream',
  'outcome',
  'status',
  'since',
  'until',
  'slow_ms',
  'fallbacks',
  'errors',
] as const satisfies readonly (keyof Filter)[];
export const OUTCOMES: readonly Outcome[] = ['completed', 'refused', 'aborted', 'broken'];

export function filterOf(query: URLSearchParams): Filter {
  return Object.fromEntries(
    FILTER_KEYS.flatMap((key) => {
      const value = query.get(key)?.trim();
      return value ? [[key, value]] : [];
    }),
  );
}

export function isEmpty(filter: Filter): boolean {
  return Object.keys(filter).length === 0;
}

/** The filter as the gateway takes it. */
export function questionOf(filter: Filter): RequestFilter {
  return Object.fromEntries(searchOf(filter)) as RequestFilter;
}

/** The filter as a query: moments as UTC. */
export function searchOf(filter: Filter): URLSearchParams {
  const search = new URLSearchParams();
  for (const key of FILTER_KEYS) {
    const value = filter[key];
    if (!value) continue;
    if (key === 'since' || key === 'until') {
      const time = Date.parse(value);
      if (Number.isFinite(time)) search.set(key, new Date(time).toISOString());
    } else search.set(key, value);
  }
  return search;
}

/** Whether a line of the live feed belongs into the log; the same rules as the gateway's. */
export function matches(line: RequestLine, filter: Filter): boolean {
  const { user, model, upstream, outcome, status } = filter;
  if (user && line.user !== user.normalize('NFC')) return false;
  if (model && line.model !== model) return false;
  if (upstream && line.upstream !== upstream) return false;
  if (outcome && line.outcome !== outcome) return false;
  if (status && String(line.status) !== status) return false;
  return isInTime(line, filter) && hasMarks(line, filter);
}

export function isError({ outcome }: RequestLine): boolean {
  return outcome === 'refused' || outcome === 'broken';
}

function isInTime({ started_at }: RequestLine, { since, until }: Filter): boolean {
  const isEarly = since ? started_at < Date.parse(since) : false;
  const isLate = until ? started_at > Date.parse(until) : false;
  return !isEarly && !isLate;
}

function hasMarks(line: RequestLine, { slow_ms, fallbacks, errors }: Filter): boolean {
  if (fallbacks && !line.is_fallback) return false;
  if (errors && !isError(line)) return false;
  return !slow_ms || line.duration_ms >= Number(slow_ms);
}
