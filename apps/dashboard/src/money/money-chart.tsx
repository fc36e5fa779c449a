import type { Money } from '@claude-proxy/admin-api';
import { useMemo } from 'preact/hooks';
import type { Series } from '../parts/chart-series.js';
import { TimeChart } from '../parts/time-chart.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { colourOfUpstream, nameOfUpstream } from '../upstreams.js';

const COLOURS = 8;

interface MoneyChartProps {
  readonly money: Money;
}

/** Cost per day, stacked by what it is split by. */
export function CostChart({ money }: MoneyChartProps) {
  const { texts, format } = useSettings();
  const series = useMemo(
    () => costSeries(money, (name) => labelOf(money, name, texts), texts.money.others),
    [money, texts],
  );
  return (
    <TimeChart
      kind="bar"
      description={`${texts.money.costByDay}: ${format.usd(money.totals.cost_usd)}`}
      {...useDays(money)}
      series={series}
      show={format.usd}
      showShort={format.usdAxis(Math.max(...money.days.map(({ cost_usd }) => cost_usd)))}
    />
  );
}

/** What caches saved per day. */
export function SavingsChart({ money }: MoneyChartProps) {
  const { texts, format } = useSettings();
  const series = useMemo<Series[]>(
    () => [
      {
        label: texts.money.saved,
        colour: '--tokens-cache-write',
        values: money.days.map(({ cache_saved_usd }) => cache_saved_usd),
      },
    ],
    [money, texts],
  );
  return (
    <TimeChart
      kind="bar"
      description={`${texts.money.savedByDay}: ${format.usd(money.totals.cache_saved_usd)}`}
      {...useDays(money)}
      series={series}
      show={format.usd}
      showShort={format.usdAxis(Math.max(...money.days.map(({ cache_saved_usd }) => Math.abs(cache_saved_usd))))}
    />
  );
}

export function labelOf(
  { by }: Pick<Money, 'by'>,
  name: string,
  texts: ReturnType<typeof useSettings>['texts'],
): string {
  return by === 'upstream' ? nameOfUpstream(name, texts) : name;
}

function costSeries({ by, days, names }: Money, label: (name: string) => string, others: string): Series[] {
  const shown = names.filter(({ name }) => days.some((day) => day.by[name] !== undefined)).slice(0, COLOURS);
  const rest = days.map((day) =>
    Math.max(0, day.cost_usd - shown.reduce((sum, { name }) => sum + (day.by[name] ?? 0), 0)),
  );
  const series = shown.map(({ name }, index) => ({
    label: label(name),
    colour: by === 'upstream' ? `--upstream-${colourOfUpstream(name)}` : `--series-${index + 1}`,
    values: days.map((day) => day.by[name] ?? 0),
  }));
  // Rounding leaves crumbs, which are not a series.
  const hasRest = rest.some((value) => value > 0.000_001);
  return hasRest ? [...series, { label: others, colour: '--line', values: rest }] : series;
}

function useDays({ days }: Money) {
  const { format } = useSettings();
  return useMemo(
    () => ({
      labels: days.map(({ day }) => format.day(day)),
      titles: days.map(({ day }) => `${format.day(day)} (UTC)`),
      links: days.map(({ day }) => requestsOf(day)),
    }),
    [days, format],
  );
}

/** The requests of a UTC day, the costliest first. */
function requestsOf(day: string): string {
  const query = { since: `${day}T00:00:00.000Z`, until: `${day}T23:59:59.999Z`, sort: 'cost' };
  return hashOf('requests', undefined, query);
}
