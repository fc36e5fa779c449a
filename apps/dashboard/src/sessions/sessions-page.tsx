import { SESSION_ORDERS, type SessionOrder } from '@claude-proxy/admin-api';
import { usePolled } from '../api/use-polled.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { Segmented } from '../parts/segmented.js';
import { type Route, replaceQuery } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { SessionPage } from './session-page.js';
import { SessionTable } from './session-table.js';

const REFRESH_SECONDS = 30;
const PERIODS = ['1', '7', '30'] as const;
const PAGE_SIZE = 100;
const MAX_SHOWN = 500;

/** Sessions of clients: the list, or one of them. */
export function SessionsPage({ route }: { readonly route: Route }) {
  return route.argument === undefined ? (
    <SessionList route={route} />
  ) : (
    <SessionPage route={route} id={route.argument} />
  );
}

function SessionList({ route }: { readonly route: Route }) {
  const { texts, format } = useSettings();
  const words = texts.sessions;
  const query = Object.fromEntries(route.query);
  const days = PERIODS.find((each) => each === query.days) ?? '1';
  const sort = SESSION_ORDERS.find((each) => each === query.sort) ?? 'recent';
  const limit = Math.min(MAX_SHOWN, Math.max(PAGE_SIZE, Number(query.limit) || PAGE_SIZE));
  const { q = '' } = query;
  const change = (changes: Readonly<Record<string, string>>) => {
    const { open: _open, ...kept } = query;
    const next = Object.entries({ ...kept, ...changes }).filter(([, value]) => value !== '');
    replaceQuery(route, Object.fromEntries(next));
  };
  const page = usePolled(`sessions ${days} ${sort} ${limit} ${q}`, REFRESH_SECONDS, (gateway, signal) =>
    gateway.clientSessions({ days: Number(days), sort, limit, ...(q && { q }) }, signal),
  );
  return (
    <>
      <header class="page-head">
        <h1>{texts.pages.sessions}</h1>
        <Freshness of={page} />
      </header>
      <p class="lead">{words.lead}</p>
      <div class="bar">
        <Segmented
          legend={words.period}
          value={days}
          choices={PERIODS.map((each) => ({ value: each, label: words.periods[each]! }))}
          onChange={(value) => change({ days: value })}
        />
        <label class="search">
          <span class="unseen">{words.search}</span>
          <input
            type="search"
            value={q}
            placeholder={words.search}
            onInput={({ currentTarget }) => change({ q: currentTarget.value.trim() })}
          />
        </label>
      </div>
      <section class="panel is-table">
        <Loaded of={page} lines={8}>
          {({ sessions, total }) =>
            total === 0 ? (
              <Empty title={q === '' ? words.empty : words.noMatch(q)}>
                <p>{words.emptyHint}</p>
              </Empty>
            ) : (
              <>
                <p class="table-lead" role="status">
                  {words.count(format.integer(sessions.length), format.integer(total))}
                </p>
                <SessionTable
                  sessions={sessions}
                  sort={sort}
                  onSort={(order: SessionOrder) => change({ sort: order })}
                />
                {sessions.length < Math.min(total, MAX_SHOWN) && (
                  <p class="panel-foot">
                    <button
                      type="button"
                      class="button"
                      onClick={() => change({ limit: String(Math.min(MAX_SHOWN, limit + 2 * PAGE_SIZE)) })}
                    >
                      {words.more}
                    </button>
                  </p>
                )}
              </>
            )
          }
        </Loaded>
      </section>
    </>
  );
}
