import type { SessionDetail, SessionRequest } from '@claude-proxy/admin-api';
import { useMemo } from 'preact/hooks';
import { usePolled } from '../api/use-polled.js';
import { TOKEN_KINDS } from '../overview/overview-charts.js';
import { Cost } from '../parts/cost.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Failure, Loading } from '../parts/load-state.js';
import { TimeChart } from '../parts/time-chart.js';
import { hashOf, type Route } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { SessionBreaks } from './session-breaks.js';
import { barsOf, cachedShareOf, mainRequestsOf, promptTokensOf } from './session-figures.js';
import { SessionRequests } from './session-requests.js';

const REFRESH_SECONDS = 15;

interface SessionPageProps {
  readonly route: Route;
  readonly id: string;
}

/** One session: the growth of its context, its cache breaks, its requests. */
export function SessionPage({ route, id }: SessionPageProps) {
  const { texts } = useSettings();
  const user = route.query.get('user');
  const session = usePolled(`session ${id} ${user}`, REFRESH_SECONDS, (gateway, signal) =>
    gateway.clientSession(id, user === null ? {} : { user }, signal),
  );
  return (
    <>
      <p class="back">
        <a href={hashOf('sessions')}>← {texts.sessions.back}</a>
      </p>
      <header class="page-head">
        <h1 class="clip" title={id}>
          {id}
        </h1>
        <Freshness of={session} />
      </header>
      {session.data ? (
        <Session detail={session.data} route={route} />
      ) : session.error?.status === 404 ? (
        <Empty title={texts.sessions.gone}>
          <p>{texts.sessions.goneHint}</p>
        </Empty>
      ) : session.error ? (
        <Failure error={session.error} onRetry={session.refresh} />
      ) : (
        <Loading lines={8} />
      )}
    </>
  );
}

function Session({ detail, route }: { readonly detail: SessionDetail; readonly route: Route }) {
  const { texts } = useSettings();
  const main = useMemo(() => mainRequestsOf(detail.items), [detail]);
  return (
    <>
      <p class="lead">
        {texts.sessions.user}: <a href={hashOf('users', detail.user)}>{detail.user}</a>
      </p>
      <Cards detail={detail} last={main.at(-1)} />
      {main.length > 1 && <ContextChart requests={main} />}
      <SessionBreaks detail={detail} route={route} />
      <SessionRequests detail={detail} route={route} />
    </>
  );
}

function Cards({ detail, last }: { readonly detail: SessionDetail; readonly last: SessionRequest | undefined }) {
  const { texts, format } = useSettings();
  const words = texts.sessions;
  const share = cachedShareOf(detail);
  const seconds = Math.round((detail.last_at - detail.first_at) / 1_000);
  const cards = [
    [words.requests, format.integer(detail.requests)],
    [words.duration, format.span(seconds)],
    [words.contextNow, last ? format.compact(promptTokensOf(last)) : texts.unit.none],
    [words.cacheHits, share === null ? texts.unit.none : format.percent(share)],
    [words.cost, <Cost key="cost" usd={detail.cost_usd} unpriced={detail.unpriced_requests} />],
    [words.breaks, format.integer(detail.cache_breaks)],
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

/** Of the prompt: without the output. */
const PARTS = TOKEN_KINDS.filter(({ key }) => key !== 'output_tokens');

function ContextChart({ requests }: { readonly requests: readonly SessionRequest[] }) {
  const { texts, format } = useSettings();
  const words = texts.sessions;
  const bars = useMemo(() => barsOf(requests), [requests]);
  const labels = useMemo(() => bars.map(({ started_at }) => format.clock(started_at)), [bars, format]);
  const titles = useMemo(
    () =>
      bars.map(({ started_at, prompt_cache }) => {
        const found = prompt_cache?.cache_break;
        return `${format.dateTime(started_at)}${found ? `: ${words.reasonOf(found.reason)}` : ''}`;
      }),
    [bars, format, words],
  );
  const series = useMemo(
    () =>
      PARTS.map(({ key, colour }) => ({
        label: texts.tokenKinds[key],
        colour,
        values: bars.map((each) => each[key]),
      })),
    [bars, texts],
  );
  return (
    <section class="panel" aria-labelledby="context">
      <h2 id="context">{words.context}</h2>
      <p class="lead">{words.contextLead}</p>
      <TimeChart
        kind="bar"
        description={words.context}
        labels={labels}
        titles={titles}
        series={series}
        show={format.integer}
        showShort={format.compact}
      />
    </section>
  );
}
