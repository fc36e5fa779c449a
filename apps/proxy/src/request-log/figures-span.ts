import type { AnalyticsRange } from '@claude-proxy/admin-api';
import { HOUR_MS, SLOT_MS } from './requests.table.js';

export const DAY_MS = 24 * HOUR_MS;
/** Figures are kept 90 days. */
export const MAX_SPAN_MS = 90 * DAY_MS;
/** Slots of five minutes are kept two days. */
const SLOTS_KEPT_MS = 2 * DAY_MS - HOUR_MS;

/** The time that figures are for, in whole buckets. */
export interface FiguresSpan {
  readonly range: AnalyticsRange | 'custom';
  readonly sinceMs: number;
  /** Exclusive. */
  readonly untilMs: number;
  readonly bucketMs: number;
}

/** The length of each range and of its buckets. */
const RANGES: Readonly<Record<AnalyticsRange, { readonly spanMs: number; readonly bucketMs: number }>> = {
  '1h': { spanMs: HOUR_MS, bucketMs: SLOT_MS },
  '24h': { spanMs: DAY_MS, bucketMs: HOUR_MS },
  '7d': { spanMs: 7 * DAY_MS, bucketMs: 6 * HOUR_MS },
  '30d': { spanMs: 30 * DAY_MS, bucketMs: DAY_MS },
};

/** A range that ends now. The current bucket counts as one of it. */
export function spanOfRange(range: AnalyticsRange, nowMs: number): FiguresSpan {
  const { spanMs, bucketMs } = RANGES[range];
  const sinceMs = nowMs - (nowMs % Math.min(bucketMs, DAY_MS)) + bucketMs - spanMs;
  return { range, sinceMs, untilMs: nowMs, bucketMs };
}

/** Any time, widened to whole buckets. The shorter it is, the shorter are they. */
export function spanBetween(sinceMs: number, untilMs: number, nowMs: number): FiguresSpan {
  const bucketMs = bucketOf(untilMs - sinceMs, nowMs - sinceMs);
  const first = Math.max(sinceMs, nowMs - MAX_SPAN_MS);
  const last = Math.min(untilMs, nowMs);
  return {
    range: 'custom',
    sinceMs: first - (first % bucketMs),
    untilMs: Math.min(nowMs, last + ((bucketMs - (last % bucketMs)) % bucketMs)),
    bucketMs,
  };
}

function bucketOf(spanMs: number, ageMs: number): number {
  if (spanMs <= 3 * HOUR_MS && ageMs <= SLOTS_KEPT_MS) return SLOT_MS;
  if (spanMs <= 2 * DAY_MS) return HOUR_MS;
  return spanMs <= 14 * DAY_MS ? 6 * HOUR_MS : DAY_MS;
}
