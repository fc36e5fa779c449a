import type { Analytics } from '@claude-proxy/admin-api';
import { useMemo } from 'preact/hooks';
import type { Format } from '../format/create-format.js';
import type { Series } from '../parts/chart-series.js';
import { TimeChart } from '../parts/time-chart.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { colourOfUpstream, nameOfUpstream } from '../upstreams.js';
import type { Narrowing } from './overview-question.js';
import { requestsBetween } from './requests-behind.js';

interface ChartProps {
  readonly analytics: Analytics;
  /** Of the figures, and so of the requests behind them. */
  readonly narrowing: Narrowing;
}

export const TOKEN_KINDS = [
  { key: 'cache_read_input_tokens', colour: '--tokens-cache-read' },
  { key: 'cache_creation_input_tokens', colour: '--tokens-cache-write' },
  { key: 'input_tokens', colour: '--tokens-input' },
  { key: 'output_tokens', colour: '--tokens-output' },
] as const;

const LATENCIES = ['p50', 'p95', 'p99'] as const;

/** Requests, stacked by who answered. */
export function UpstreamsChart({ analytics, narrowing }: ChartProps) {
  const { texts, format } = useSettings();
  const { buckets, by_upstream, totals } = analytics;
  const series = useMemo<Series[]>(() => {
    const names = Object.keys(by_upstream).sort();
    return names.map((name) => ({
      label: nameOfUpstream(name, texts),
      colour: `--upstream-${colourOfUpstream(name)}`,
      values: buckets.map((bucket) => bucket.by_upstream[name]?.requests ?? 0),
    }));
  }, [analytics, texts]);
  const parts = series.map(({ label, values }) => `${label} ${format.integer(sumOf(values))}`).join(', ');
  return (
    <TimeChart
      kind="bar"
      description={`${texts.overview.overTime}: ${parts}; ${texts.overview.total} ${format.integer(totals.requests)}`}
      {...useTimes(analytics, narrowing, format)}
      series={series}
      show={format.integer}
      showShort={format.compact}
    />
  );
}

export function TokensChart({ analytics, narrowing }: ChartProps) {
  const { texts, format } = useSettings();
  const series = useMemo<Series[]>(
    () =>
      TOKEN_KINDS.map(({ key, colour }) => ({
        label: texts.tokenKinds[key],
        colour,
        values: analytics.buckets.map((bucket) => bucket[key]),
      })),
    [analytics, texts],
  );
  const parts = series.map(({ label, values }) => `${label} ${format.integer(sumOf(values))}`).join(', ');
  return (
    <TimeChart
      kind="bar"
      description={`${texts.overview.tokensOverTime}: ${parts}`}
      {...useTimes(analytics, narrowing, format)}
      series={series}
      show={format.integer}
      showShort={format.compact}
    />
  );
}

export function LatencyChart({ analytics, narrowing }: ChartProps) {
  const { texts, format } = useSettings();
  const series = useMemo<Series[]>(
    () =>
      LATENCIES.map((key) => ({
        label: key,
        colour: `--latency-${key}`,
        values: analytics.buckets.map(({ first_byte_ms }) => first_byte_ms?.[key] ?? null),
      })),
    [analytics],
  );
  const { first_byte_ms } = analytics.totals;
  const parts = first_byte_ms
    ? LATENCIES.map((key) => `${key} ${format.milliseconds(first_byte_ms[key])}`).join(', ')
    : texts.unit.none;
  return (
    <TimeChart
      kind="line"
      description={`${texts.overview.latency}: ${parts}`}
      {...useTimes(analytics, narrowing, format)}
      series={series}
      show={format.milliseconds}
      showShort={format.milliseconds}
    />
  );
}

function useTimes({ buckets, bucket_seconds }: Analytics, narrowing: Narrowing, format: Format) {
  return useMemo(
    () => ({
      labels: buckets.map(({ time }) => format.axis(time, bucket_seconds)),
      links: buckets.map(({ time }) =>
        hashOf('requests', undefined, { ...narrowing, ...requestsBetween(time, time + bucket_seconds * 1_000) }),
      ),
      titles: buckets.map(({ time }) => format.dateTime(time)),
    }),
    [buckets, bucket_seconds, JSON.stringify(narrowing), format],
  );
}

function sumOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}
