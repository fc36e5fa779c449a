import type { AnalyticsRange } from '@claude-proxy/admin-api';
import { Zone } from '../recording/zone.js';
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
  /** Where each bucket begins. Those of hours and days follow the clocks of the zone. */
  readonly starts: readonly number[];
}

/** The length of each range and of its buckets. */
const RANGES: Readonly<Record<AnalyticsRange, { readonly spanMs: number; readonly bucketMs: number }>> = {
  '1h': { spanMs: HOUR_MS, bucketMs: SLOT_MS },
  '24h': { spanMs: DAY_MS, bucketMs: HOUR_MS },
  '7d': { spanMs: 7 * DAY_MS, bucketMs: 6 * HOUR_MS },
  '30d': { spanMs: 30 * DAY_MS, bucketMs: DAY_MS },
};

/** A range that ends now. The current bucket counts as one of it. */
export function spanOfRange(range: AnalyticsRange, nowMs: number, zone = Zone.utc): FiguresSpan {
  const { spanMs, bucketMs } = RANGES[range];
  if (bucketMs > HOUR_MS) {
    const [firstDay] = zone.lastDays(spanMs / DAY_MS + 1, nowMs);
    const starts = startsBetween(zone.startOf(firstDay!), nowMs, bucketMs, zone).slice(-spanMs / bucketMs);
    return spanFrom(range, starts, nowMs, bucketMs);
  }
  const sinceMs = nowMs - (nowMs % bucketMs) + bucketMs - spanMs;
  return spanFrom(range, startsBetween(sinceMs, nowMs, bucketMs, zone), nowMs, bucketMs);
}

/** Any time, widened to whole buckets. The shorter it is, the shorter are they. */
export function spanBetween(sinceMs: number, untilMs: number, nowMs: number, zone = Zone.utc): FiguresSpan {
  const bucketMs = bucketOf(untilMs - sinceMs, nowMs - sinceMs);
  const first = Math.max(sinceMs, nowMs - MAX_SPAN_MS);
  const starts = startsBetween(first, Math.min(untilMs, nowMs) + bucketMs, bucketMs, zone);
  const end = starts.find((start) => start >= untilMs) ?? nowMs;
  return spanFrom(
    'custom',
    starts.filter((start) => start < Math.min(end, nowMs)),
    Math.min(end, nowMs),
    bucketMs,
  );
}

function spanFrom(
  range: FiguresSpan['range'],
  starts: readonly number[],
  untilMs: number,
  bucketMs: number,
): FiguresSpan {
  return { range, sinceMs: starts[0]!, untilMs, bucketMs, starts };
}

/** The starts of all buckets that touch the time. */
function startsBetween(sinceMs: number, untilMs: number, bucketMs: number, zone: Zone): number[] {
  if (bucketMs <= HOUR_MS) {
    const first = sinceMs - (sinceMs % bucketMs);
    return Array.from({ length: Math.ceil((untilMs - first) / bucketMs) }, (_, index) => first + index * bucketMs);
  }
  const starts: number[] = [];
  let day = zone.dayOf(sinceMs);
  while (zone.startOf(day) < untilMs) {
    const next = dayAfter(day);
    // A day of 23 or 25 hours has as many buckets as any other; its last one is shorter or longer.
    for (let offset = 0; offset < DAY_MS; offset += bucketMs) starts.push(zone.startOf(day) + offset);
    day = next;
  }
  const after = starts.findIndex((start) => start > sinceMs);
  const first = after < 0 ? starts.length - 1 : Math.max(0, after - 1);
  return starts.slice(first).filter((start) => start < untilMs);
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

function bucketOf(spanMs: number, ageMs: number): number {
  if (spanMs <= 3 * HOUR_MS && ageMs <= SLOTS_KEPT_MS) return SLOT_MS;
  if (spanMs <= 2 * DAY_MS) return HOUR_MS;
  return spanMs <= 14 * DAY_MS ? 6 * HOUR_MS : DAY_MS;
}
