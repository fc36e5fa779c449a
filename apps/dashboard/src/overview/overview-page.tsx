import type { Analytics } from '@claude-proxy/admin-api';
import { usePolled } from '../api/use-polled.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { hashOf, type Route } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { Comparison } from './comparison.js';
import { ErrorPanel } from './error-panel.js';
import { FigureCards } from './figure-cards.js';
import { FilterRow } from './filter-row.js';
import { ModelTable } from './model-table.js';
import { Notices } from './notices.js';
import { LatencyChart, TokensChart, UpstreamsChart } from './overview-charts.js';
import { type Narrowing, narrowingOf, overviewQuestionOf } from './overview-question.js';
import { TopUsers } from './top-users.js';
import { VerdictPanel } from './verdict-panel.js';

/** Is it well right now, and how has it been. */
export function OverviewPage({ route }: { readonly route: Route }) {
  const { texts, timeZone: tz } = useSettings();
  const { question: narrowed, everySeconds } = overviewQuestionOf(route.query);
  const question = { ...narrowed, tz };
  const narrowing = narrowingOf(route.query);
  const analytics = usePolled(`analytics ${JSON.stringify(question)}`, everySeconds, (gateway, signal) =>
    gateway.figures(question, signal),
  );
  return (
    <>
      <h1 class="unseen">{texts.pages.overview}</h1>
      <VerdictPanel />
      <div class="bar">
        <FilterRow route={route} models={Object.keys(analytics.data?.by_model ?? {})} />
        <Freshness of={analytics} />
      </div>
      <Loaded of={analytics} lines={6}>
        {(data) => (
          <>
            <Completeness analytics={data} />
            {route.query.get('compare') === 'true' && <Comparison analytics={data} narrowing={narrowing} />}
            <Figures analytics={data} narrowing={narrowing} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** Filters that need lines may not reach back to the beginning of the time. */
function Completeness({ analytics }: { readonly analytics: Analytics }) {
  const { texts, format } = useSettings();
  if (analytics.complete_since <= analytics.since) return null;
  return <p class="notice">{texts.overview.completeSince(format.dateTime(analytics.complete_since))}</p>;
}

interface FiguresProps {
  readonly analytics: Analytics;
  readonly narrowing: Narrowing;
}

function Figures({ analytics, narrowing }: FiguresProps) {
  const { texts } = useSettings();
  if (analytics.totals.requests === 0) {
    return (
      <>
        <FigureCards analytics={analytics} />
        <Empty title={texts.overview.empty}>
          <p>
            <a href={hashOf('connect')}>{texts.overview.emptyHint}</a>
          </p>
        </Empty>
      </>
    );
  }
  return (
    <>
      <Notices notices={analytics.notices} />
      <FigureCards analytics={analytics} />
      <section class="panel" aria-labelledby="over-time">
        <h2 id="over-time">{texts.overview.overTime}</h2>
        <UpstreamsChart analytics={analytics} narrowing={narrowing} />
      </section>
      <div class="columns">
        <section class="panel" aria-labelledby="tokens-over-time">
          <h2 id="tokens-over-time">{texts.overview.tokensOverTime}</h2>
          <TokensChart analytics={analytics} narrowing={narrowing} />
        </section>
        <section class="panel" aria-labelledby="latency">
          <h2 id="latency">{texts.overview.latency}</h2>
          <LatencyChart analytics={analytics} narrowing={narrowing} />
        </section>
      </div>
      <div class="columns is-loose">
        <section class="panel" aria-labelledby="errors">
          <h2 id="errors">{texts.overview.errorsBy}</h2>
          <ErrorPanel analytics={analytics} narrowing={narrowing} />
        </section>
        {analytics.by_user && (
          <section class="panel" aria-labelledby="top-users">
            <h2 id="top-users">{texts.overview.topUsers}</h2>
            <TopUsers byUser={analytics.by_user} />
            <p class="panel-foot">
              <a href={hashOf('users')}>{texts.overview.allUsers}</a>
            </p>
          </section>
        )}
      </div>
      <section class="panel is-table" aria-labelledby="models">
        <h2 id="models">{texts.users.models}</h2>
        <ModelTable byModel={analytics.by_model} />
      </section>
    </>
  );
}
