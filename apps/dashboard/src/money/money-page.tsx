import { MONEY_DIMENSIONS, type Money } from '@claude-proxy/admin-api';
import { usePolled } from '../api/use-polled.js';
import { download } from '../format/download.js';
import { toCsv } from '../format/to-csv.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { Segmented } from '../parts/segmented.js';
import { pushQuery, type Route } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { CostChart, SavingsChart } from './money-chart.js';
import { MoneyTable } from './money-table.js';

const REFRESH_SECONDS = 120;
const PERIODS = ['7', '30', '90'] as const;
const COLUMNS = [
  'requests',
  'cost_usd',
  'unpriced_requests',
  'fallback_cost_usd',
  'cache_saved_usd',
  'cache_hit_share',
] as const;

/** What was spent on what, and what caches saved. */
export function MoneyPage({ route }: { readonly route: Route }) {
  const { texts } = useSettings();
  const words = texts.money;
  const days = PERIODS.find((each) => each === route.query.get('days')) ?? '30';
  const by = MONEY_DIMENSIONS.find((each) => each === route.query.get('by')) ?? 'model';
  const money = usePolled(`money ${days} ${by}`, REFRESH_SECONDS, (gateway, signal) =>
    gateway.money({ days: Number(days), by }, signal),
  );
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{texts.pages.money}</h1>
          <p class="lead">{words.lead}</p>
        </div>
        <Freshness of={money} />
      </header>
      <div class="bar">
        <Segmented
          legend={texts.users.period}
          value={days}
          choices={PERIODS.map((each) => ({ value: each, label: words.periods[each] }))}
          onChange={(next) => pushQuery(route, { days: next, by })}
        />
        <Segmented
          legend={words.by}
          value={by}
          choices={MONEY_DIMENSIONS.map((each) => ({ value: each, label: words.dimensions[each] }))}
          onChange={(next) => pushQuery(route, { days, by: next })}
        />
        {money.data && (
          <button type="button" class="button no-print" onClick={() => downloadCsv(money.data!, days)}>
            {texts.users.csv}
          </button>
        )}
      </div>
      <Loaded of={money} lines={8}>
        {(data) => <Body money={data} />}
      </Loaded>
    </>
  );
}

function Body({ money }: { readonly money: Money }) {
  const { texts, format } = useSettings();
  const words = texts.money;
  const { totals } = money;
  return (
    <>
      <MoneyCards money={money} />
      {totals.requests === 0 ? (
        <Empty title={texts.overview.empty} />
      ) : (
        <>
          <section class="panel" aria-labelledby="cost-by-day">
            <h2 id="cost-by-day">{words.costByDay}</h2>
            <CostChart money={money} />
          </section>
          <section class="panel is-table" aria-labelledby="cost-by-name">
            <h2 id="cost-by-name">{words.costBy(words.dimensions[money.by])}</h2>
            {money.names.length === 0 ? <Empty title={words.noNames} /> : <MoneyTable money={money} />}
          </section>
          <section class="panel" aria-labelledby="saved-by-day">
            <h2 id="saved-by-day">{words.savedByDay}</h2>
            <p class="panel-lead">{words.savedLead}</p>
            <SavingsChart money={money} />
          </section>
          {totals.unpriced_requests > 0 && (
            <p class="notice is-warning">
              {texts.overview.unpriced(totals.unpriced_requests, format.integer(totals.unpriced_requests))}
            </p>
          )}
        </>
      )}
    </>
  );
}

function MoneyCards({ money }: { readonly money: Money }) {
  const { texts, format } = useSettings();
  const words = texts.money;
  const { totals, month, days } = money;
  const none = texts.unit.none;
  const cards = [
    [words.month, format.usd(month.cost_usd), `${month.month} (UTC)`],
    [
      words.forecast,
      month.forecast_usd === null ? none : format.usd(month.forecast_usd),
      month.previous_cost_usd === null ? words.forecastLead : words.previous(format.usd(month.previous_cost_usd)),
    ],
    [words.inPeriod(days.length), format.usd(totals.cost_usd), words.perDay(format.usd(totals.cost_usd / days.length))],
    [
      words.saved,
      format.usd(totals.cache_saved_usd),
      totals.cache_hit_share === null ? none : words.hits(format.percent(totals.cache_hit_share)),
    ],
    [
      words.ofFallbacks,
      format.usd(totals.fallback_cost_usd),
      totals.cost_usd === 0 ? none : words.ofAll(format.percent(totals.fallback_cost_usd / totals.cost_usd)),
    ],
  ] as const;
  return (
    <dl class="cards is-five">
      {cards.map(([label, value, sub]) => (
        <div class="card" key={label}>
          <dt>{label}</dt>
          <dd>
            <strong>{value}</strong>
            <small>{sub}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function downloadCsv({ by, names }: Money, days: string): void {
  const rows = names.map((row) => [row.name, ...COLUMNS.map((column) => row[column])]);
  download(`claude-cost-by-${by}-${days}d-${new Date().toISOString().slice(0, 10)}.csv`, toCsv([by, ...COLUMNS], rows));
}
