import { useMemo, useState } from 'preact/hooks';
import { useFeedState } from '../api/use-live.js';
import { download } from '../format/download.js';
import { Empty, Failure, Loading } from '../parts/load-state.js';
import { hashOf, pushQuery, type Route, replaceQuery } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { exportRequests } from './export-requests.js';
import { FILTER_KEYS, type Filter, filterOf, isEmpty, type Sorting, sortingOf } from './filter.js';
import { FilterBar } from './filter-bar.js';
import { MAX_LINES } from './merge-lines.js';
import { RequestTable } from './request-table.js';
import { type RequestLog, useRequestLog } from './use-request-log.js';

/** The live log. */
export function RequestsPage({ route }: { readonly route: Route }) {
  const { texts, format } = useSettings();
  const { requests } = texts;
  const [isPaused, setPaused] = useState(false);
  const search = route.query.toString();
  const filter = useMemo(() => filterOf(new URLSearchParams(search)), [search]);
  const sorting = sortingOf(route.query);
  const log = useRequestLog(filter, sorting, isPaused);
  const seen = useSeen(log);
  const show = (next: Filter, nextSorting: Sorting, isTyping = false) =>
    (isTyping ? replaceQuery : pushQuery)(route, { ...queryOf(next), ...nextSorting });
  return (
    <>
      <header class="page-head">
        <h1>{texts.pages.requests}</h1>
        <div class="page-tools">
          <LogLight />
          <button type="button" class="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
            {isPaused ? requests.resume : requests.pause}
          </button>
          <ExportButton filter={filter} />
        </div>
      </header>
      <FilterBar
        filter={filter}
        models={seen.models}
        users={seen.users}
        onChange={(next, isTyping) => show(next, sorting, isTyping)}
      />
      {isPaused && log.waiting > 0 && (
        <p class="notice" role="status">
          {requests.waiting(log.waiting, format.integer(log.waiting))}
        </p>
      )}
      <section class="panel is-table">
        <LogBody
          log={log}
          route={route}
          isFiltered={!isEmpty(filter)}
          sorting={sorting}
          onSort={(next) => show(filter, next)}
        />
      </section>
    </>
  );
}

interface LogBodyProps {
  readonly log: RequestLog;
  readonly route: Route;
  readonly isFiltered: boolean;
  readonly sorting: Sorting;
  onSort(sorting: Sorting): void;
}

function LogBody({ log, route, isFiltered, sorting, onSort }: LogBodyProps) {
  const { texts } = useSettings();
  const { requests } = texts;
  const { lines } = log;
  if (!lines) return log.error ? <Failure error={log.error} onRetry={log.reload} /> : <Loading lines={10} />;
  if (lines.length === 0 && !isFiltered) {
    return (
      <Empty title={requests.empty}>
        <p>
          <a href={hashOf('connect')}>{requests.emptyHint}</a>
        </p>
      </Empty>
    );
  }
  return (
    <>
      {lines.length === 0 ? (
        <Empty title={log.hasOlder ? requests.noMatchYet : requests.noMatch} />
      ) : (
        <RequestTable lines={lines} route={route} fresh={log.fresh} sorting={sorting} onSort={onSort} />
      )}
      {log.error && <Failure error={log.error} onRetry={log.reload} />}
      <LogFoot log={log} isSearch={isFiltered || sorting.sort !== undefined} />
    </>
  );
}

/** Where the list ends, and how much of the log was searched for it. */
function LogFoot({ log, isSearch }: { readonly log: RequestLog; readonly isSearch: boolean }) {
  const { texts, format } = useSettings();
  const { requests } = texts;
  const { searched } = log;
  return (
    <p class="panel-foot">
      {isSearch && searched && log.hasOlder && (
        <span class="muted" role="status">
          {requests.searched(format.integer(searched.requests), format.dateTime(searched.since))}{' '}
        </span>
      )}
      {log.isFull ? (
        requests.full(format.integer(MAX_LINES))
      ) : log.hasOlder ? (
        <button type="button" class="button" disabled={log.isLoadingOlder} onClick={log.loadOlder}>
          {isSearch ? requests.searchOlder : requests.older}
        </button>
      ) : (
        requests.end
      )}
    </p>
  );
}

function ExportButton({ filter }: { readonly filter: Filter }) {
  const { texts, format } = useSettings();
  const { requests } = texts;
  const [count, setCount] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const run = async () => {
    setProblem(undefined);
    setCount(0);
    try {
      const csv = await exportRequests(filter, setCount);
      download(`claude-requests-${new Date().toISOString().slice(0, 16).replace(':', '')}.csv`, csv);
    } catch (error) {
      setProblem(requests.exportFailed((error as Error).message));
    } finally {
      setCount(undefined);
    }
  };
  return (
    <>
      <button type="button" class="button" disabled={count !== undefined} onClick={() => void run()}>
        {count === undefined ? requests.csv : requests.exporting(format.integer(count))}
      </button>
      {problem && <p role="alert">{problem}</p>}
    </>
  );
}

/** On this page it matters whether the log runs. Elsewhere the small light in the corner says it. */
function LogLight() {
  const { texts } = useSettings();
  const state = useFeedState();
  return state === 'waiting' || state === 'draining' ? (
    <p class="freshness is-stale" role="status">
      {state === 'draining' ? texts.state.draining : texts.state.reconnecting}
    </p>
  ) : null;
}

function useSeen({ lines }: RequestLog) {
  return useMemo(() => {
    const distinct = (values: readonly (string | null)[]) =>
      [...new Set(values)].filter((value) => value !== null).sort();
    return {
      models: distinct(lines?.map(({ model }) => model) ?? []),
      users: distinct(lines?.map(({ user }) => user) ?? []),
    };
  }, [lines]);
}

function queryOf(filter: Filter): Record<string, string> {
  return Object.fromEntries(FILTER_KEYS.flatMap((key) => (filter[key] ? [[key, filter[key]]] : [])));
}
