import type { Bucket, Figures } from '@claude-proxy/admin-api';

/** The figures that can be added up. */
const SUMS = [
  'requests',
  'errors',
  'caller_errors',
  'fallbacks',
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cost_usd',
  'unpriced_requests',
] as const satisfies readonly (keyof Figures)[];

export type PeriodRow = Readonly<Record<Exclude<(typeof SUMS)[number], 'cost_usd'>, number>> & {
  /** Null if no answer has a price. */
  readonly cost_usd: number | null;
  /** `2026-11-27`, or `2026-11-27 14:00`; UTC. */
  readonly name: string;
  readonly cache_hit_share: number | null;
};

/** Days or hours in order. Periods without a request are left out. */
export function sumByPeriod(buckets: readonly Bucket[], period: 'day' | 'hour'): PeriodRow[] {
  const byName = new Map<string, Bucket[]>();
  for (const bucket of buckets.filter(({ requests }) => requests > 0)) {
    const iso = new Date(bucket.time).toISOString();
    const name = period === 'day' ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 13)}:00`;
    byName.set(name, [...(byName.get(name) ?? []), bucket]);
  }
  return [...byName].map(([name, of]) => {
    const sums = Object.fromEntries(SUMS.map((key) => [key, of.reduce((sum, bucket) => sum + (bucket[key] ?? 0), 0)]));
    const cost_usd = of.every((bucket) => bucket.cost_usd === null) ? null : (sums.cost_usd ?? 0);
    const row = sums as Record<(typeof SUMS)[number], number>;
    return { name, ...row, cost_usd, cache_hit_share: cacheShareOf(sums) };
  });
}

function cacheShareOf(sums: Record<string, number>): number | null {
  const read = sums.cache_read_input_tokens ?? 0;
  const input = read + (sums.input_tokens ?? 0) + (sums.cache_creation_input_tokens ?? 0);
  return input === 0 ? null : read / input;
}
