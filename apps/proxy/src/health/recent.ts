import type { Bucket } from '@claude-proxy/admin-api';

/** At least so long; buckets are not cut. */
const RECENT_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
const NO_UPSTREAM = 'none';

/** The last minutes, from buckets of the last hour. */
export interface Recent {
  readonly minutes: number;
  readonly requests: number;
  readonly callerErrors: number;
  readonly failures: number;
  readonly fallbacks: number;
  /** The fallback upstream that has answered most. */
  readonly fallbackUpstream: string | undefined;
  readonly firstByteMs: number | undefined;
}

interface Hour {
  readonly buckets: readonly Bucket[];
  readonly until: number;
  readonly bucket_seconds: number;
}

export function recentOf({ buckets, until, bucket_seconds }: Hour, firstChoice: string): Recent {
  const recent = buckets.filter(({ time }) => time + bucket_seconds * 1_000 > until - RECENT_MS);
  const sum = (key: 'requests' | 'errors' | 'caller_errors' | 'fallbacks') =>
    recent.reduce((total, each) => total + each[key], 0);
  return {
    minutes: Math.max(1, Math.ceil((until - (recent[0]?.time ?? until - RECENT_MS)) / MINUTE_MS)),
    requests: sum('requests'),
    callerErrors: sum('caller_errors'),
    failures: sum('errors') - sum('caller_errors'),
    fallbacks: sum('fallbacks'),
    fallbackUpstream: mostUsedFallback(recent, firstChoice),
    firstByteMs: weightedMedian(recent),
  };
}

function mostUsedFallback(buckets: readonly Bucket[], firstChoice: string): string | undefined {
  const counts = new Map<string, number>();
  for (const { by_upstream } of buckets) {
    for (const [name, { requests }] of Object.entries(by_upstream)) {
      if (name !== firstChoice && name !== NO_UPSTREAM) counts.set(name, (counts.get(name) ?? 0) + requests);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** Medians do not add up; weighted by requests they are near enough for a sentence. */
function weightedMedian(buckets: readonly Bucket[]): number | undefined {
  const measured = buckets.filter(({ first_byte_ms }) => first_byte_ms !== null);
  const weight = measured.reduce((sum, { requests }) => sum + requests, 0);
  const sum = measured.reduce((total, each) => total + each.requests * each.first_byte_ms!.p50, 0);
  return weight > 0 ? sum / weight : undefined;
}
