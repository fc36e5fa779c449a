import { ANALYTICS_RANGES, type Analytics, type AnalyticsRange } from '@claude-proxy/admin-api';
import type { FiguresQuestion } from '@claude-proxy/admin-client';

/** What the overview can be narrowed to, as in its address. */
export const OVERVIEW_FILTERS = ['model', 'upstream', 'user', 'team', 'key', 'account', 'session'] as const;
type OverviewFilter = (typeof OVERVIEW_FILTERS)[number];
export type OverviewRange = AnalyticsRange | 'custom';
export type Narrowing = Readonly<Partial<Record<OverviewFilter, string>>>;

const REFRESH_SECONDS: Readonly<Record<OverviewRange, number>> = {
  '1h': 10,
  '24h': 20,
  '7d': 60,
  '30d': 120,
  custom: 120,
};
/** Filters that need the lines of requests cost more than recorded figures. */
const FILTERED_SECONDS = 60;

export function rangeOf(query: URLSearchParams): OverviewRange {
  if (query.get('since')) return 'custom';
  return ANALYTICS_RANGES.find((each) => each === query.get('range')) ?? '24h';
}

export function narrowingOf(query: URLSearchParams): Narrowing {
  return Object.fromEntries(
    OVERVIEW_FILTERS.flatMap((name) => {
      const value = query.get(name)?.trim();
      return value ? [[name, value]] : [];
    }),
  );
}

/** The question of an address, and how often it is worth asking. */
export function overviewQuestionOf(query: URLSearchParams): { question: FiguresQuestion; everySeconds: number } {
  const range = rangeOf(query);
  const narrowing = narrowingOf(query);
  const isNarrowed = Object.keys(narrowing).length > 0;
  const [since, until] = [query.get('since'), query.get('until')];
  const time = range === 'custom' ? { since: since!, ...(until && { until }) } : { range };
  return {
    question: { ...narrowing, ...time, by_user: true },
    everySeconds: Math.max(REFRESH_SECONDS[range], isNarrowed ? FILTERED_SECONDS : 0),
  };
}

/** The same for the time before, as long as that was; undefined if figures do not reach back so far. */
export function questionBefore({ since, until }: Analytics, narrowing: Narrowing): FiguresQuestion | undefined {
  const sinceBefore = since - (until - since);
  const isKept = Date.now() - sinceBefore < 90 * 86_400_000;
  return isKept ? { ...narrowing, since: sinceBefore, until: since } : undefined;
}
