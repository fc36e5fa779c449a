import { useState } from 'preact/hooks';
import { usePolled } from '../api/use-polled.js';
import { download } from '../format/download.js';
import { toCsv } from '../format/to-csv.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { Segmented } from '../parts/segmented.js';
import { useFirstChoice } from '../readiness.js';
import { type Route, replaceQuery } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { type UserRow, userRowsOf } from './user-rows.js';
import { UserTable } from './user-table.js';

export const PERIODS = ['1', '7', '30'] as const;
export type Period = (typeof PERIODS)[number];
const REFRESH_SECONDS = 60;
const CSV_HEADER = [
  'user',
  'requests',
  'fallback_requests',
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cost_usd',
  'unpriced_requests',
];

export function periodOf({ query }: Route): Period {
  return PERIODS.find((each) => each === query.get('days')) ?? '7';
}

/** Who used how much. */
export function UsersPage({ route }: { readonly route: Route }) {
  const { texts, format, timeZone: tz } = useSettings();
  const period = periodOf(route);
  const all = usePolled(`usage ${period} ${tz}`, REFRESH_SECONDS, (gateway, signal) =>
    gateway.usage({ days: Number(period), tz }, signal),
  );
  const firstChoice = useFirstChoice();
  const first = usePolled(`usage of ${firstChoice} ${period} ${tz}`, REFRESH_SECONDS, (gateway, signal) =>
    gateway.usage({ days: Number(period), tz, request_type: firstChoice }, signal),
  );
  const [search, setSearch] = useState('');
  const rows = all.data ? userRowsOf(all.data, first.data) : [];
  const needle = search.trim().toLowerCase();
  const found = rows.filter(({ user }) => user.toLowerCase().includes(needle));
  const answers = found.reduce((sum, { requests }) => sum + requests, 0);
  return (
    <>
      <header class="page-head">
        <h1>{texts.pages.users}</h1>
        <Freshness of={all} />
      </header>
      <div class="bar">
        <Segmented
          legend={texts.users.period}
          value={period}
          choices={PERIODS.map((each) => ({ value: each, label: texts.users.periods[each] }))}
          onChange={(days) => replaceQuery(route, { days })}
        />
        <label class="search">
          <span class="unseen">{texts.users.search}</span>
          <input
            type="search"
            value={search}
            placeholder={texts.users.search}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        </label>
        <button
          type="button"
          class="button"
          disabled={found.length === 0}
          onClick={() => download(`claude-usage-${period}d-${new Date().toISOString().slice(0, 10)}.csv`, csvOf(found))}
        >
          {texts.users.csv}
        </button>
      </div>
      <section class="panel is-table">
        <Loaded of={all} lines={8}>
          {() =>
            rows.length === 0 ? (
              <Empty title={texts.users.empty} />
            ) : (
              <>
                <p class="table-lead" role="status">
                  {texts.users.summary(
                    texts.unit.users(found.length, format.integer(found.length)),
                    texts.unit.answers(answers, format.integer(answers)),
                  )}
                </p>
                {found.length === 0 ? <Empty title={texts.users.noMatch(search)} /> : <UserTable rows={found} />}
              </>
            )
          }
        </Loaded>
      </section>
    </>
  );
}

function csvOf(rows: readonly UserRow[]): string {
  return toCsv(
    CSV_HEADER,
    rows.map((row) => [
      row.user,
      row.requests,
      row.fallbackRequests ?? null,
      row.input_tokens,
      row.output_tokens,
      row.cache_creation_input_tokens,
      row.cache_read_input_tokens,
      row.cost_usd,
      row.unpriced_requests,
    ]),
  );
}
