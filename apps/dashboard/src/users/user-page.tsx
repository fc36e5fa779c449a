import type { TokenCounts, UsageOfUser, UsageSummary } from '@claude-proxy/admin-api';
import { useMemo } from 'preact/hooks';
import { usePolled } from '../api/use-polled.js';
import { isUserId } from '../connect/snippets.js';
import { TOKEN_KINDS } from '../overview/overview-charts.js';
import { Cost } from '../parts/cost.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { Segmented } from '../parts/segmented.js';
import { TimeChart } from '../parts/time-chart.js';
import { RequestTable } from '../requests/request-table.js';
import { hashOf, type Route, replaceQuery } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { nameOfUpstream } from '../upstreams.js';
import { CountsTable } from './counts-table.js';
import { everyDayOf } from './every-day.js';
import { PERIODS, periodOf } from './users-page.js';

const REFRESH_SECONDS = 60;
const RECENT_REFRESH_SECONDS = 15;
const RECENT = 20;

interface UserPageProps {
  readonly route: Route;
  readonly user: string;
}

/** One user. A link with an impossible name shows an error, and nothing is loaded. */
export function UserPage({ route, user }: UserPageProps) {
  const { texts } = useSettings();
  if (isUserId(user)) return <PossibleUser route={route} user={user} />;
  return (
    <>
      <BackToAll />
      <h1 class="clip">{user}</h1>
      <Empty title={texts.connect.userWrong} />
    </>
  );
}

function BackToAll() {
  const { texts } = useSettings();
  return (
    <p class="back">
      <a href={hashOf('users')}>← {texts.users.back}</a>
    </p>
  );
}

function PossibleUser({ route, user }: UserPageProps) {
  return (
    <>
      <BackToAll />
      <header class="page-head">
        <h1 class="clip" title={user}>
          {user}
        </h1>
      </header>
      <UserFigures route={route} user={user} />
    </>
  );
}

/** Days, models, upstreams, cost, and the last requests. */
export function UserFigures({ route, user }: UserPageProps) {
  const { texts, timeZone: tz } = useSettings();
  const period = periodOf(route);
  const usage = usePolled(`usage ${user} ${period} ${tz}`, REFRESH_SECONDS, (gateway, signal) =>
    gateway.usageOf(user, { days: Number(period), tz }, signal),
  );
  const recent = usePolled(`requests ${user}`, RECENT_REFRESH_SECONDS, (gateway, signal) =>
    gateway.requests({ user, limit: RECENT }, signal),
  );
  return (
    <>
      <div class="bar">
        <Segmented
          legend={texts.users.period}
          value={period}
          choices={PERIODS.map((each) => ({ value: each, label: texts.users.periods[each] }))}
          onChange={(days) => replaceQuery(route, { days })}
        />
        <a class="button" href={hashOf('connect', undefined, { user })}>
          {texts.users.connect}
        </a>
        <Freshness of={usage} />
      </div>
      <Loaded of={usage} lines={6}>
        {(data) => (data.summary.total_requests === 0 ? <Empty title={texts.users.empty} /> : <Usage usage={data} />)}
      </Loaded>
      <section class="panel is-table" aria-labelledby="recent">
        <h2 id="recent">{texts.users.recent}</h2>
        <Loaded of={recent} lines={4}>
          {({ requests }) =>
            requests.length === 0 ? (
              <Empty title={texts.requests.empty} />
            ) : (
              <>
                <RequestTable lines={requests} route={route} />
                <p class="panel-foot">
                  <a href={hashOf('requests', undefined, { user })}>{texts.users.allRequests}</a>
                </p>
              </>
            )
          }
        </Loaded>
      </section>
    </>
  );
}

function Usage({ usage }: { readonly usage: UsageOfUser }) {
  const { texts } = useSettings();
  const days = Object.keys(usage.daily_stats).length;
  return (
    <>
      <SummaryCards summary={usage.summary} />
      {days > 1 && (
        <section class="panel" aria-labelledby="days">
          <h2 id="days">{texts.users.days}</h2>
          <DaysChart stats={usage.daily_stats} />
        </section>
      )}
      <div class="columns is-loose">
        <section class="panel is-table" aria-labelledby="models">
          <h2 id="models">{texts.users.models}</h2>
          <CountsTable label={texts.users.model} counts={usage.by_model} nameOf={(model) => model} />
        </section>
        <section class="panel is-table" aria-labelledby="upstreams">
          <h2 id="upstreams">{texts.users.upstreams}</h2>
          <CountsTable
            label={texts.users.upstream}
            counts={usage.by_request_type}
            nameOf={(type) => nameOfUpstream(type, texts)}
          />
        </section>
      </div>
    </>
  );
}

function SummaryCards({ summary }: { readonly summary: UsageSummary }) {
  const { texts, format } = useSettings();
  const cards = [
    [texts.users.requests, format.integer(summary.total_requests)],
    [texts.tokenKinds.input_tokens, format.integer(summary.total_input_tokens)],
    [texts.tokenKinds.output_tokens, format.integer(summary.total_output_tokens)],
    [texts.tokenKinds.cache_read_input_tokens, format.integer(summary.total_cache_read_input_tokens)],
    [texts.tokenKinds.cache_creation_input_tokens, format.integer(summary.total_cache_creation_input_tokens)],
    [texts.users.cost, <Cost key="cost" usd={summary.total_cost_usd} unpriced={summary.total_unpriced_requests} />],
  ] as const;
  return (
    <dl class="cards is-six">
      {cards.map(([label, value]) => (
        <div class="card" key={label}>
          <dt>{label}</dt>
          <dd>
            <strong class="is-exact">{value}</strong>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function DaysChart({ stats }: { readonly stats: Readonly<Record<string, TokenCounts>> }) {
  const { texts, format } = useSettings();
  const days = useMemo(() => everyDayOf(Object.keys(stats)), [stats]);
  const series = useMemo(
    () =>
      TOKEN_KINDS.map(({ key, colour }) => ({
        label: texts.tokenKinds[key],
        colour,
        values: days.map((day) => stats[day]?.[key] ?? 0),
      })),
    [days, stats, texts],
  );
  const labels = useMemo(() => days.map((day) => format.day(day)), [days, format]);
  return (
    <TimeChart
      kind="bar"
      description={texts.users.days}
      labels={labels}
      titles={labels}
      series={series}
      show={format.integer}
      showShort={format.compact}
    />
  );
}
