import type { RequestDetail, RequestLine } from './requests.js';
import { type Matcher, valuesMatcher, valuesOf } from './value-list.js';

/** Parameters of `GET /api/requests` that hold a list of values: `docs/search.md` has their form. */
export const VALUE_FILTERS = {
  user: 'user',
  model: 'model',
  upstream: 'upstream',
  outcome: 'outcome',
  team: 'team',
  key: 'client_key',
  account: 'account',
  session: 'session',
  cache_break: 'cache_break',
  reason: 'fallback_reason',
  operation: 'operation',
} as const satisfies Readonly<Record<string, keyof RequestLine>>;
export type ValueFilter = keyof typeof VALUE_FILTERS;
const VALUE_FILTER_NAMES = Object.keys(VALUE_FILTERS) as ValueFilter[];

/** What narrows a list of requests, as texts of an address. An absent or empty member matches all. */
export interface LineFilterTexts extends Readonly<Partial<Record<ValueFilter, string>>> {
  /** Words that are part of an id, user, model, session, team, key or account. */
  readonly q?: string;
  /** `429`, `4xx`, or several; `!` excludes. */
  readonly status?: string;
  readonly slow_ms?: string;
  readonly fallbacks?: string;
  readonly errors?: string;
}

type Searched = RequestLine & Partial<Pick<RequestDetail, 'answered_model'>>;
type LineMatcher = (line: Searched) => boolean;

/** The rules of every list of requests: of the gateway, the dashboard, and the live view of both. */
export function lineMatcher(texts: LineFilterTexts): LineMatcher {
  const checks: LineMatcher[] = [];
  for (const name of VALUE_FILTER_NAMES) {
    const text = texts[name];
    if (text) checks.push(fieldCheck(VALUE_FILTERS[name], valuesMatcher(text)));
  }
  if (texts.status) checks.push(statusCheck(texts.status));
  if (texts.q) checks.push(...wordsOf(texts.q).map(wordCheck));
  if (texts.fallbacks === 'true') checks.push(({ is_fallback }) => is_fallback);
  if (texts.errors === 'true') checks.push(isErrorLine);
  const slowMs = Number(texts.slow_ms);
  if (slowMs > 0) checks.push(({ duration_ms }) => duration_ms >= slowMs);
  return (line) => checks.every((isWanted) => isWanted(line));
}

/** Refused and broken requests. A request that its client aborted is not an error. */
export function isErrorLine({ outcome }: Pick<RequestLine, 'outcome'>): boolean {
  return outcome === 'refused' || outcome === 'broken';
}

/** One value of the filter `status`: `429`, `4xx`, `0`. */
export const STATUS_VALUE = /^!?(?:\d{1,3}|[1-5]xx)$/i;

function fieldCheck(field: keyof RequestLine, matches: Matcher): LineMatcher {
  return (line) => matches(line[field] as string | null | undefined);
}

/** A class of statuses is a pattern of texts. */
function statusCheck(text: string): LineMatcher {
  const matches = valuesMatcher(
    valuesOf(text)
      .map((value) => value.replace(/xx$/i, '*'))
      .join(','),
  );
  return ({ status }) => matches(String(status));
}

function wordsOf(text: string): string[] {
  return text.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean);
}

function wordCheck(word: string): LineMatcher {
  const isWanted = !word.startsWith('!');
  const part = isWanted ? word : word.slice(1);
  return (line) => searchedTexts(line).some((text) => text?.toLowerCase().includes(part)) === isWanted;
}

function searchedTexts(line: Searched): (string | null | undefined)[] {
  const { id, upstream_request_id, session, user, model, answered_model, team, client_key, account } = line;
  return [id, upstream_request_id, session, user, model, answered_model, team, client_key, account];
}
