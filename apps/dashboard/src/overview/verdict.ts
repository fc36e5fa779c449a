import type { Bucket, Drill, Figures, Limit, Readiness } from '@claude-proxy/admin-api';
import type { Format } from '../format/create-format.js';
import type { Texts } from '../texts/en.js';
import { nameOfUpstream } from '../upstreams.js';

/** At least so long; buckets are not cut. */
const RECENT_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
/** A single failure among a handful of requests is not a trend. */
const MIN_REQUESTS = 5;
const MANY_ERRORS = 0.05;

type Mood = 'waiting' | 'well' | 'on-fallback' | 'trouble';

export interface Verdict {
  readonly mood: Mood;
  readonly headline: string;
  readonly note: string | undefined;
}

/** What is known about the present. Undefined is "not yet". */
export interface Signs {
  readonly readiness: Readiness | undefined;
  readonly buckets: readonly Bucket[] | undefined;
  readonly until: number | undefined;
  readonly bucketSeconds: number | undefined;
  readonly limits: readonly Limit[];
  readonly drills: readonly Drill[];
  readonly isForced: boolean;
  readonly isReachable: boolean;
}

interface Recent {
  readonly minutes: number;
  readonly requests: number;
  /** Requests without mistakes of their callers, and those of them that failed. */
  readonly sound: number;
  readonly failures: number;
  readonly callerErrors: number;
  /** Requests by the fallback upstream that answered them. */
  readonly byFallback: Readonly<Record<string, number>>;
  readonly fallbacks: number;
  readonly p50: number | undefined;
}

/** One sentence on whether it is well, and one with the figures behind it. The worst news comes first. */
export function verdictOf(signs: Signs, texts: Texts, format: Format): Verdict {
  const { verdict } = texts;
  const { readiness } = signs;
  if (!signs.isReachable) return trouble(verdict.unreachable, verdict.unreachableNote);
  if (!readiness || !signs.buckets) return { mood: 'waiting', headline: verdict.waiting, note: undefined };
  const recent = recentOf(signs, signs.buckets, readiness.upstreams[0]?.name);
  if (readiness.status === 'draining') return warning(verdict.draining, verdict.drainingNote);
  if (!readiness.upstreams.some(({ usable }) => usable)) return trouble(verdict.noUpstream, detailsOf(readiness));
  const failureShare = shareOf(recent.failures, recent.sound);
  if (recent.sound >= MIN_REQUESTS && failureShare >= MANY_ERRORS) {
    const note = verdict.errorsNote(format.integer(recent.failures), format.integer(recent.sound), recent.minutes);
    return trouble(verdict.errors(format.percent(failureShare)), note + callersOf(recent, { texts, format }));
  }
  if (readiness.store !== 'ok') return warning(verdict.store, verdict.storeNote(readiness.store));
  return answering(signs, readiness, recent, { texts, format });
}

interface Words {
  readonly texts: Texts;
  readonly format: Format;
}

function answering(signs: Signs, readiness: Readiness, recent: Recent, words: Words): Verdict {
  const { texts, format } = words;
  const { verdict } = texts;
  const note = paceOf(recent, words) + callersOf(recent, words);
  const fallback = mostUsed(recent.byFallback) ?? readiness.upstreams[1]?.name ?? 'bedrock';
  const share = format.percent(shareOf(recent.fallbacks, recent.requests));
  const limited = new Set(signs.limits.map(({ user }) => user)).size;
  const limitedText = limited > 0 ? ` ${verdict.limited(limited)}` : '';
  if (signs.isForced || signs.drills.length > 0) {
    const headline = recent.requests === 0 ? verdict.drillQuiet : verdict.drill(nameOfUpstream(fallback, texts), share);
    return warning(headline, note);
  }
  if (recent.fallbacks > 0) {
    return warning(`${verdict.onFallback(nameOfUpstream(fallback, texts), share)}${limitedText}`, note);
  }
  const unusable = readiness.upstreams.find(({ usable }) => !usable);
  const spare = unusable
    ? ` ${verdict.fallbackUnavailable(nameOfUpstream(unusable.name, texts))} ${unusable.detail}`
    : '';
  if (recent.sound === 0) return well(`${verdict.quiet}${limitedText}`, `${note}${spare}`);
  const first = nameOfUpstream(readiness.upstreams[0]?.name ?? 'anthropic', texts);
  return well(`${verdict.well(first)}${limitedText}`, `${note}${spare}`);
}

function paceOf({ requests, p50, minutes }: Recent, { texts, format }: Words): string {
  if (requests === 0) return texts.verdict.quietNote(minutes);
  const text = texts.unit.requests(requests, format.integer(requests));
  return p50 === undefined
    ? texts.verdict.paceOnly(text, minutes)
    : texts.verdict.pace(requests, text, minutes, format.milliseconds(p50));
}

function callersOf({ callerErrors }: Recent, { texts, format }: Words): string {
  return callerErrors === 0 ? '' : ` ${texts.verdict.callers(callerErrors, format.integer(callerErrors))}`;
}

function recentOf(signs: Signs, buckets: readonly Bucket[], firstChoice: string | undefined): Recent {
  const until = signs.until ?? Date.now();
  const bucketMs = (signs.bucketSeconds ?? 0) * 1_000;
  const recent = buckets.filter(({ time }) => time + bucketMs > until - RECENT_MS);
  const requests = sumOf(recent, 'requests');
  const callerErrors = sumOf(recent, 'caller_errors');
  const byFallback: Record<string, number> = {};
  for (const { by_upstream } of recent) {
    for (const [name, { requests }] of Object.entries(by_upstream)) {
      if (name !== firstChoice && name !== 'none') byFallback[name] = (byFallback[name] ?? 0) + requests;
    }
  }
  return {
    minutes: Math.max(1, Math.ceil((until - (recent[0]?.time ?? until - RECENT_MS)) / MINUTE_MS)),
    requests,
    sound: requests - callerErrors,
    failures: sumOf(recent, 'errors') - callerErrors,
    callerErrors,
    fallbacks: sumOf(recent, 'fallbacks'),
    byFallback,
    p50: weightedP50(recent),
  };
}

/** Medians do not add up; weighted by requests they are near enough for a sentence. */
function weightedP50(buckets: readonly Bucket[]): number | undefined {
  let weight = 0;
  let sum = 0;
  for (const { requests, first_byte_ms } of buckets) {
    if (!first_byte_ms) continue;
    weight += requests;
    sum += requests * first_byte_ms.p50;
  }
  return weight > 0 ? sum / weight : undefined;
}

function mostUsed(counts: Readonly<Record<string, number>>): string | undefined {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)[0]?.[0];
}

function sumOf(figures: readonly Figures[], key: 'requests' | 'errors' | 'caller_errors' | 'fallbacks'): number {
  return figures.reduce((sum, each) => sum + each[key], 0);
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function detailsOf({ upstreams }: Readiness): string {
  return upstreams.map(({ name, detail }) => `${name}: ${detail}`).join(' · ');
}

const well = (headline: string, note: string): Verdict => ({ mood: 'well', headline, note });
const warning = (headline: string, note: string): Verdict => ({ mood: 'on-fallback', headline, note });
const trouble = (headline: string, note: string): Verdict => ({ mood: 'trouble', headline, note });
