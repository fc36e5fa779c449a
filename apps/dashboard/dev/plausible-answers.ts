import type {
  Analytics,
  AnalyticsRange,
  Bucket,
  Figures,
  RequestLine,
  TokenCounts,
  UsageOfAll,
  UsageOfUser,
} from '@claude-proxy/admin-api';

type Lines = readonly RequestLine[];

const RANGES: Readonly<Record<AnalyticsRange, readonly [seconds: number, bucketSeconds: number]>> = {
  '1h': [3_600, 300],
  '24h': [86_400, 3_600],
  '7d': [604_800, 21_600],
  '30d': [2_592_000, 86_400],
};

/** What the gateway would answer, had these exchanges been its own. */
export function analyticsOf(lines: Lines, range: AnalyticsRange, until: number, inFlight: number): Analytics {
  const [seconds, bucketSeconds] = RANGES[range];
  const newest = Math.floor(until / 1_000 / bucketSeconds) * bucketSeconds;
  const times = Array.from({ length: seconds / bucketSeconds }, (_, index) => newest - index * bucketSeconds).reverse();
  const since = times[0]! * 1_000;
  const within = lines.filter(({ started_at }) => started_at >= since);
  const byTime = Map.groupBy(
    within,
    ({ started_at }) => Math.floor(started_at / 1_000 / bucketSeconds) * bucketSeconds,
  );
  const totals = figuresOf(within);
  const by_model = groupedBy(within, ({ model }) => model);
  return {
    total_requests: totals.requests,
    total_tokens: totals.input_tokens + totals.output_tokens,
    average_response_time: totals.duration_ms?.p50 ?? 0,
    cost_estimate: totals.cost_usd ?? 0,
    active_accounts: 1,
    rate_limited_accounts: 0,
    requests_last_hour: lines.filter(({ started_at }) => started_at > until - 3_600_000).length,
    top_models: Object.entries(by_model).map(([model, { requests }]) => ({ model, count: requests })),
    range,
    since,
    complete_since: since,
    until,
    bucket_seconds: bucketSeconds,
    in_flight: inFlight,
    totals,
    by_upstream: groupedBy(within, ({ upstream }) => upstream ?? 'none'),
    by_model,
    by_user: groupedBy(within, ({ user }) => user),
    errors: [],
    notices: [
      {
        kind: 'model_ends',
        model: 'claude-sonnet-4-5-20250929',
        retires: '2026-11-30',
        days: 3,
        successor: 'claude-sonnet-5-5',
      },
    ],
    buckets: times.map((time) => bucketOf(time * 1_000, byTime.get(time) ?? [])),
  };
}

export function usageOfAll(lines: Lines, days: number, requestType: string): UsageOfAll {
  const within = lines.filter(isOfType(requestType));
  const { summary, by_request_type, by_model } = usageOf(within);
  const users = counted(within, ({ user }) => user);
  return {
    request_type: requestType,
    period_days: days,
    summary: { ...summary, total_users: Object.keys(users).length },
    users,
    by_request_type,
    by_model,
  };
}

export function usageOfUser(lines: Lines, user: string, days: number, requestType: string): UsageOfUser {
  const within = lines.filter((line) => line.user === user).filter(isOfType(requestType));
  const daily_stats = counted(within, ({ started_at }) => new Date(started_at).toISOString().slice(0, 10));
  return { user_id: user, request_type: requestType, period_days: days, daily_stats, ...usageOf(within) };
}

function usageOf(lines: Lines) {
  const sum = countsOf(lines);
  return {
    summary: {
      total_input_tokens: sum.input_tokens,
      total_output_tokens: sum.output_tokens,
      total_tokens: sum.total_tokens,
      total_requests: sum.requests,
      total_cache_creation_input_tokens: sum.cache_creation_input_tokens,
      total_cache_read_input_tokens: sum.cache_read_input_tokens,
      total_all_tokens: sum.all_tokens,
      total_cost_usd: sum.cost_usd,
      total_unpriced_requests: sum.unpriced_requests,
    },
    by_request_type: counted(lines, ({ upstream }) => upstream ?? 'none'),
    by_model: counted(lines, ({ model }) => model),
  };
}

function isOfType(requestType: string) {
  return ({ upstream }: RequestLine) => requestType === 'all' || upstream === requestType;
}

function counted(lines: Lines, keyOf: (line: RequestLine) => string | null): Record<string, TokenCounts> {
  const groups = Map.groupBy(lines, keyOf);
  return Object.fromEntries([...groups].flatMap(([key, group]) => (key === null ? [] : [[key, countsOf(group)]])));
}

function countsOf(lines: Lines): TokenCounts {
  const figures = figuresOf(lines);
  return {
    input_tokens: figures.input_tokens,
    output_tokens: figures.output_tokens,
    total_tokens: figures.input_tokens + figures.output_tokens,
    requests: figures.requests,
    cache_creation_input_tokens: figures.cache_creation_input_tokens,
    cache_read_input_tokens: figures.cache_read_input_tokens,
    all_tokens: figures.all_tokens,
    cost_usd: figures.cost_usd,
    unpriced_requests: figures.unpriced_requests,
  };
}

function bucketOf(time: number, lines: Lines): Bucket {
  return {
    ...figuresOf(lines),
    time,
    by_upstream: groupedBy(lines, ({ upstream }) => upstream ?? 'none'),
    by_model: groupedBy(lines, ({ model }) => model),
  };
}

function groupedBy(lines: Lines, keyOf: (line: RequestLine) => string | null): Record<string, Figures> {
  const groups = Map.groupBy(lines, keyOf);
  return Object.fromEntries([...groups].flatMap(([key, group]) => (key === null ? [] : [[key, figuresOf(group)]])));
}

function figuresOf(lines: Lines): Figures {
  const sum = (of: (line: RequestLine) => number) => lines.reduce((total, line) => total + of(line), 0);
  const input = sum((line) => line.input_tokens);
  const cacheWrite = sum((line) => line.cache_creation_input_tokens);
  const cacheRead = sum((line) => line.cache_read_input_tokens);
  return {
    requests: lines.length,
    answers: lines.filter(({ outcome }) => outcome !== 'refused').length,
    all_tokens: input + cacheWrite + cacheRead + sum((line) => line.output_tokens),
    errors: lines.filter(({ outcome }) => outcome === 'refused' || outcome === 'broken').length,
    caller_errors: lines.filter(({ status }) => status === 400).length,
    fallbacks: lines.filter(({ upstream }) => upstream === 'bedrock').length,
    input_tokens: input,
    output_tokens: sum((line) => line.output_tokens),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    cost_usd: sum((line) => line.cost_usd ?? 0),
    unpriced_requests: 0,
    fallback_cost_usd: 0,
    cache_saved_usd: 0,
    first_byte_ms: percentilesOf(lines.flatMap(({ first_byte_ms }) => first_byte_ms ?? [])),
    duration_ms: percentilesOf(lines.map(({ duration_ms }) => duration_ms)),
    output_tokens_per_second: null,
    cache_hit_share: input + cacheWrite + cacheRead === 0 ? null : cacheRead / (input + cacheWrite + cacheRead),
  };
}

function percentilesOf(values: readonly number[]) {
  if (values.length === 0) return null;
  const ordered = [...values].sort((a, b) => a - b);
  const at = (share: number) => ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))]!;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
