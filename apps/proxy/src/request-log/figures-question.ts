import {
  ANALYTICS_RANGES,
  type LineFilterTexts,
  type Matcher,
  VALUE_FILTERS,
  type ValueFilter,
  valuesMatcher,
} from '@claude-proxy/admin-api';
import { invalidParameter, oneOf, type QueryParameters } from '../auth/query-parameters.js';
import { ZONE_RULE, Zone } from '../recording/zone.js';
import { DAY_MS, type FiguresSpan, MAX_SPAN_MS, spanBetween, spanOfRange } from './figures-span.js';
import { lineFilterOf, spanOf } from './line-query.js';
import type { LineFilter } from './request-log.query.js';

/** Figures of periods are added up by these, so a filter by them needs no line. */
const RECORDED = ['model', 'upstream'] as const;
const OTHER_FILTERS = ['q', 'status', 'slow_ms', 'fallbacks', 'errors'] as const;
const ALL_FILTERS: readonly string[] = [...(Object.keys(VALUE_FILTERS) as ValueFilter[]), ...OTHER_FILTERS];
/** A preset range begins a new bucket at most this often. */
const PRESET_AGE_MS = 5_000;

export interface FiguresQuestion {
  readonly span: FiguresSpan;
  readonly hasUsers: boolean;
  /** Items of periods that are wanted. */
  readonly ofModel: Matcher;
  readonly ofUpstream: Matcher;
  /** Set if only the lines of requests can answer. */
  readonly lines: LineFilter | undefined;
  readonly isFiltered: boolean;
  readonly filterKey: string;
  /** Equal for equal questions within some seconds. */
  readonly key: string;
}

/** @throws GatewayError invalid_request_error */
export function figuresQuestionOf(
  parameters: QueryParameters,
  upstreams: readonly string[],
  nowMs: number,
): FiguresQuestion {
  const span = figuresSpanOf(parameters, nowMs);
  const hasUsers = oneOf(parameters, 'by_user', ['true', 'false']) === 'true';
  const texts = Object.fromEntries(ALL_FILTERS.flatMap((name) => (parameters[name] ? [[name, parameters[name]]] : [])));
  const { isWanted } = lineFilterOf(texts, upstreams);
  const needsLines = ALL_FILTERS.some((name) => texts[name] && !(RECORDED as readonly string[]).includes(name));
  const { model, upstream } = texts as LineFilterTexts;
  return {
    span,
    hasUsers,
    ofModel: valuesMatcher(model ?? ''),
    ofUpstream: valuesMatcher(upstream ?? ''),
    lines: needsLines ? { sinceMs: span.sinceMs, untilMs: span.untilMs, isWanted } : undefined,
    isFiltered: Object.keys(texts).length > 0,
    filterKey: JSON.stringify(texts),
    key: JSON.stringify([hasUsers, span.range, spanKey(span), texts]),
  };
}

function spanKey({ range, sinceMs, untilMs }: FiguresSpan): string {
  return range === 'custom' ? `${sinceMs} ${untilMs - (untilMs % PRESET_AGE_MS)}` : String(sinceMs);
}

function figuresSpanOf(parameters: QueryParameters, nowMs: number): FiguresSpan {
  const { sinceMs, untilMs = nowMs } = spanOf(parameters);
  const zone = Zone.named(parameters.tz);
  if (!zone) throw invalidParameter('tz', parameters.tz!, ZONE_RULE);
  if (sinceMs === undefined) return spanOfRange(oneOf(parameters, 'range', ANALYTICS_RANGES) ?? '24h', nowMs, zone);
  if (parameters.range !== undefined) throw invalidParameter('range', parameters.range, 'nothing beside "since"');
  if (untilMs <= sinceMs) throw invalidParameter('until', parameters.until ?? '', 'a time after "since"');
  if (nowMs - sinceMs > MAX_SPAN_MS + DAY_MS)
    throw invalidParameter('since', parameters.since!, `a time in the last ${MAX_SPAN_MS / DAY_MS} days`);
  return spanBetween(sinceMs, untilMs, nowMs, zone);
}

/** The same question for the hour that ends now, without users. */
export function lastHourOf(question: FiguresQuestion): FiguresQuestion {
  const span = spanOfRange('1h', Date.now());
  const { sinceMs, untilMs } = span;
  return {
    ...question,
    span,
    hasUsers: false,
    lines: question.lines && { ...question.lines, sinceMs, untilMs },
    key: `last hour ${question.filterKey}`,
  };
}
