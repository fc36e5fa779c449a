import {
  isTooLong,
  type LineFilterTexts,
  type LineOrder,
  lineMatcher,
  type Outcome,
  REQUEST_ORDERS,
  STATUS_VALUE,
  VALUE_FILTERS,
  type ValueFilter,
  valuesOf,
} from '@claude-proxy/admin-api';
import { invalidParameter, oneOf, type QueryParameters, wholeNumberOf } from '../auth/query-parameters.js';
import type { LineFilter } from './request-log.query.js';

const OUTCOMES = ['completed', 'refused', 'aborted', 'broken'] as const satisfies readonly Outcome[];
const VALUE_FILTER_NAMES = Object.keys(VALUE_FILTERS) as ValueFilter[];
const MAX_SLOW_MS = 86_400_000;

/** The filter of a query, checked. @throws GatewayError invalid_request_error */
export function lineFilterOf(parameters: QueryParameters, upstreams: readonly string[]): LineFilter {
  for (const name of [...VALUE_FILTER_NAMES, 'status']) {
    const text = parameters[name];
    if (text !== undefined && isTooLong(text)) throw invalidParameter(name, text, 'at most 20 values');
  }
  expectValues(parameters, 'upstream', upstreams);
  expectValues(parameters, 'outcome', OUTCOMES);
  for (const value of valuesOf(parameters.status ?? ''))
    if (!STATUS_VALUE.test(value)) throw invalidParameter('status', value, 'a status such as 429 or 4xx');
  wholeNumberOf(parameters, 'slow_ms', 0, MAX_SLOW_MS);
  for (const name of ['fallbacks', 'errors']) oneOf(parameters, name, ['true', 'false']);
  return {
    ...spanOf(parameters),
    isWanted: lineMatcher(parameters as LineFilterTexts),
  };
}

/** Undefined for the order of the log: newest first. */
export function lineOrderOf(parameters: QueryParameters): LineOrder | undefined {
  const by = oneOf(parameters, 'sort', REQUEST_ORDERS) ?? 'time';
  const isAscending = oneOf(parameters, 'order', ['asc', 'desc']) === 'asc';
  return by === 'time' && !isAscending ? undefined : { by, isAscending };
}

/** A name that does not exist would find nothing, and look like an answer. Patterns are not checked. */
function expectValues(parameters: QueryParameters, name: string, allowed: readonly string[]): void {
  for (const value of valuesOf(parameters[name] ?? '')) {
    const plain = value.replace(/^!/, '');
    if (plain.includes('*') || plain === 'none' || allowed.includes(plain)) continue;
    throw invalidParameter(name, value, allowed.join(', '));
  }
}

/** `since` and `until`, both inclusive. */
export function spanOf(parameters: QueryParameters): Pick<LineFilter, 'sinceMs' | 'untilMs'> {
  const [sinceMs, untilMs] = [timeOf(parameters, 'since'), timeOf(parameters, 'until')];
  return { ...(sinceMs !== undefined && { sinceMs }), ...(untilMs !== undefined && { untilMs }) };
}

/** JavaScript also reads "12345" as a year and "-1" as a month. */
const ISO_DATE = /^(?:\d{4}|[+-]\d{6})-\d\d/;

/** Epoch milliseconds, or an ISO date. */
function timeOf(parameters: QueryParameters, name: string): number | undefined {
  const text = parameters[name];
  if (text === undefined) return undefined;
  const time = /^\d{12,15}$/.test(text) ? Number(text) : ISO_DATE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw invalidParameter(name, text, 'epoch milliseconds or an ISO date');
  return time;
}
