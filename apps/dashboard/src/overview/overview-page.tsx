import { ANALYTICS_RANGES, type Analytics, type AnalyticsRange } from '@claude-proxy/admin-api';
import { usePolled } from '../api/use-polled.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { Segmented } from '../parts/segmented.js';
import { hashOf, type Route, replaceQuery } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { FigureCards } from './figure-cards.js';
import { Notices } from './notices.js';
import { LatencyChart, TokensChart, UpstreamsChart } from './overview-charts.js';
import { TopList } from './top-list.js';
import { VerdictPanel } from './verdict-panel.js';

const REFRESH_SECONDS: Readonly<Record<AnalyticsRange, number>> = { '1h': 10, '24h': 20, '7d': 60, '30d': 120 };

/** The gateway counts invalid names of models under this name. */
const OTHER_MODELS = 'other';

/** Is it well right now, and how has it been. */
export function OverviewPage({ route }: { readonly route: Route }) {
  const { texts } = useSettings();
  const range = ANALYTICS_RANGES.find((each) => each === route.query.get('range')) ?? '24h';
  const analytics = usePolled(`analytics ${range}`, REFRESH_SECONDS[range], (gateway, signal) =>
    gateway.analytics(range, { byUser: true }, signal),
  );
  return (
    <>
      <h1 class="unseen">{texts.pages.overview}</h1>
      <VerdictPanel />
      <div class="bar">
        <Segmented
          legend={texts.range}
          value={range}
          choices={ANALYTICS_RANGES.map((each) => ({ value: each, label: texts.ranges[each] }))}
          onChange={(next) => replaceQuery(route, { range: next })}
        />
        <Freshness of={analytics} />
      </div>
      <Loaded of={analytics} lines={6}>
        {(data) => <Figures analytics={data} />}
      </Loaded>
    </>
  );
}

function Figures({ analytics }: { readonly analytics: Analytics }) {
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
        <UpstreamsChart analytics={analytics} />
      </section>
      <div class="columns">
        <section class="panel" aria-labelledby="tokens-over-time">
          <h2 id="tokens-over-time">{texts.overview.tokensOverTime}</h2>
          <TokensChart analytics={analytics} />
        </section>
        <section class="panel" aria-labelledby="latency">
          <h2 id="latency">{texts.overview.latency}</h2>
          <LatencyChart analytics={analytics} />
        </section>
      </div>
      <div class="columns">
        <section class="panel" aria-labelledby="top-users">
          <h2 id="top-users">{texts.overview.topUsers}</h2>
          <TopList
            figures={analytics.by_user ?? {}}
            label={texts.users.user}
            linkOf={(name) => hashOf('users', name)}
          />
          <p class="panel-foot">
            <a href={hashOf('users')}>{texts.overview.allUsers}</a>
          </p>
        </section>
        <section class="panel" aria-labelledby="top-models">
          <h2 id="top-models">{texts.overview.topModels}</h2>
          <TopList
            figures={analytics.by_model}
            label={texts.users.model}
            linkOf={(name) => (name === OTHER_MODELS ? undefined : hashOf('requests', undefined, { model: name }))}
          />
        </section>
      </div>
    </>
  );
}
