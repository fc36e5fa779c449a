import {
  isErrorLine,
  type LineFilterTexts,
  lineMatcher,
  type Outcome,
  REQUEST_ORDERS,
  type RequestLine,
  type RequestOrder,
  VALUE_FILTERS,
  type ValueFilter,
} from '@claude-proxy/admin-api';
import type { RequestFilter } from '@claude-proxy/admin-client';

/** What the log is narrowed to; every member is text as in the address. */
export interface Filter extends LineFilterTexts {
  /** A moment in UTC, or one of the viewer's zone without a zone. */
  readonly since?: string;
  readonly until?: string;
}

/** The order of the log, as in the address. Absent: newest first. */
export interface Sorting {
  readonly sort?: RequestOrder;
  readonly order?: 'asc';
}

const VALUE_FILTER_KEYS = Object.keys(VALUE_FILTERS) as ValueFilter[];
export const FILTER_KEYS = [
  'q',
  ...VALUE_FILTER_KEYS,
  'status',
  'since',
  'until',
  'slow_ms',
  'fallbacks',
  'errors',
] as const satisfies readonly (keyof Filter)[];
/** Shown only if they are asked for, or used. */
export const FURTHER_KEYS = [
  'status',
  'session',
  'team',
  'key',
  'account',
  'reason',
  'since',
  'until',
  'slow_ms',
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

export function sortingOf(query: URLSearchParams): Sorting {
  const sort = REQUEST_ORDERS.find((each) => each === query.get('sort'));
  const order = query.get('order') === 'asc' ? 'asc' : undefined;
  return { ...(sort && sort !== 'time' && { sort }), ...(order && { order }) };
}

export function isEmpty(filter: Filter): boolean {
  return Object.keys(filter).length === 0;
}

/** The filter as the gateway reads it. */
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

/** Whether a line of the live feed belongs to the log, by the rules of the gateway. */
export function matcherOf(filter: Filter): (line: RequestLine) => boolean {
  const isWanted = lineMatcher(filter);
  const sinceMs = timeOf(filter.since, Number.NEGATIVE_INFINITY);
  const untilMs = timeOf(filter.until, Number.POSITIVE_INFINITY);
  return (line) => line.started_at >= sinceMs && line.started_at <= untilMs && isWanted(line);
}

export const isError = isErrorLine;

function timeOf(text: string | undefined, otherwise: number): number {
  const time = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? otherwise : time;
}
