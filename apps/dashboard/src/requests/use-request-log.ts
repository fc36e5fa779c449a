import type { LineOrder, RequestLine, RequestPage } from '@claude-proxy/admin-api';
import { AdminApiError, type RequestFilter } from '@claude-proxy/admin-client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { useFeedState, useLive } from '../api/use-live.js';
import { type Filter, matcherOf, type Sorting, searchOf } from './filter.js';
import { MAX_LINES, mergeLines } from './merge-lines.js';

const PAGE_SIZE = 100;
/** Exchanges that end in one moment are drawn in one go. */
const DRAW_MS = 400;
const FRESH_MS = 2_000;

/** How much of the log the gateway has looked through. */
interface Searched {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly requests: number;
}

interface Log {
  readonly key: string;
  readonly lines: readonly RequestLine[] | undefined;
  readonly cursor: string | null;
  readonly searched: Searched | undefined;
  readonly error: AdminApiError | undefined;
}

export interface RequestLog {
  readonly lines: readonly RequestLine[] | undefined;
  readonly error: AdminApiError | undefined;
  readonly hasOlder: boolean;
  readonly isFull: boolean;
  readonly isLoadingOlder: boolean;
  readonly searched: Searched | undefined;
  readonly fresh: ReadonlySet<string>;
  /** Exchanges that have ended since the log was paused. */
  readonly waiting: number;
  reload(): void;
  loadOlder(): void;
}

/** The log as it was when the page was opened, and what has come since. */
export function useRequestLog(filter: Filter, sorting: Sorting, isPaused: boolean): RequestLog {
  const search = new URLSearchParams([...searchOf(filter), ...Object.entries(sorting)]).toString();
  const { sort, order: direction } = sorting;
  const order = useMemo<LineOrder>(() => ({ by: sort ?? 'time', isAscending: direction === 'asc' }), [sort, direction]);
  const [log, setLog] = useState<Log>(emptyLog(search));
  const [isLoadingOlder, setLoadingOlder] = useState(false);
  const change = useCallback(
    (next: (log: Log) => Partial<Log>) =>
      setLog((before) => (before.key === search ? { ...before, ...next(before) } : before)),
    [search],
  );

  const reload = useCallback(async () => {
    try {
      const page = await pageOf(search);
      change(({ lines, cursor, searched }) => ({
        lines: mergeLines(lines ?? [], page.requests, order),
        cursor: lines ? cursor : page.next_cursor,
        searched: searched ?? searchedOf(page),
        error: undefined,
      }));
    } catch (error) {
      change(() => ({ error: asApiError(error) }));
    }
  }, [search, order, change]);

  useEffect(() => {
    setLog(emptyLog(search));
    void reload();
  }, [search, reload]);

  const loadOlder = async () => {
    if (log.cursor === null) return;
    setLoadingOlder(true);
    try {
      const page = await pageOf(search, log.cursor);
      change(({ lines, searched }) => ({
        lines: mergeLines(lines ?? [], page.requests, order),
        cursor: page.next_cursor,
        searched: searchedOf(page, searched),
      }));
    } catch (error) {
      change(() => ({ error: asApiError(error) }));
    } finally {
      setLoadingOlder(false);
    }
  };

  const { fresh, waiting } = useArrivals(filter, isPaused, (lines) =>
    change((before) => (before.lines ? { lines: mergeLines(before.lines, lines, order) } : {})),
  );
  useReloadAfterGap(isPaused, reload);

  const current = log.key === search ? log : emptyLog(search);
  // A sorted log drops its last lines for better ones of the rest.
  const isFull = sort === undefined && (current.lines?.length ?? 0) >= MAX_LINES;
  return {
    lines: current.lines,
    error: current.error,
    hasOlder: current.cursor !== null && !isFull,
    isFull,
    isLoadingOlder,
    searched: current.searched,
    fresh,
    waiting,
    reload: () => void reload(),
    loadOlder: () => void loadOlder(),
  };
}

/** What the live feed tells and the filter lets through, gathered for a moment; while paused it is only counted. */
function useArrivals(filter: Filter, isPaused: boolean, onLines: (lines: readonly RequestLine[]) => void) {
  const [waiting, setWaiting] = useState(0);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const gathered = useRef<RequestLine[]>([]);
  const search = searchOf(filter).toString();
  const isWanted = useMemo(() => matcherOf(filter), [search]);
  const drawTimer = useRef<number>(undefined);
  const freshTimer = useRef<number>(undefined);
  const draw = useRef<() => void>(() => {});
  draw.current = () => {
    drawTimer.current = undefined;
    // The filter may have changed since they were gathered.
    const lines = gathered.current.filter(isWanted);
    gathered.current = [];
    if (isPaused) return setWaiting((count) => count + lines.length);
    onLines(lines);
    setFresh(new Set(lines.map(({ id }) => id)));
    window.clearTimeout(freshTimer.current);
    freshTimer.current = window.setTimeout(() => setFresh(new Set()), FRESH_MS);
  };
  useLive((event) => {
    if (event.type !== 'exchange' || !isWanted(event.request)) return;
    gathered.current.push(event.request);
    if (gathered.current.length > MAX_LINES) gathered.current.shift();
    drawTimer.current ??= window.setTimeout(() => draw.current(), DRAW_MS);
  });
  useEffect(
    () => () => {
      window.clearTimeout(drawTimer.current);
      window.clearTimeout(freshTimer.current);
    },
    [],
  );
  useEffect(() => setWaiting(0), [isPaused, search]);
  return useMemo(() => ({ fresh, waiting }), [fresh, waiting]);
}

/** The feed does not repeat what ended while it was away or the log was paused. */
function useReloadAfterGap(isPaused: boolean, reload: () => Promise<void>): void {
  const state = useFeedState();
  const wasAway = useRef(false);
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (isPaused || (state !== 'open' && state !== 'connecting')) wasAway.current = true;
    else if (state === 'open' && wasAway.current) {
      wasAway.current = false;
      void latest.current();
    }
  }, [state, isPaused]);
}

function pageOf(search: string, cursor?: string): Promise<RequestPage> {
  const filter = Object.fromEntries(new URLSearchParams(search)) as RequestFilter;
  return gateway.requests({ ...filter, limit: PAGE_SIZE, cursor });
}

function emptyLog(key: string): Log {
  return { key, lines: undefined, cursor: null, searched: undefined, error: undefined };
}

function searchedOf({ searched_since, searched_requests }: RequestPage, before?: Searched): Searched {
  return { since: searched_since, requests: searched_requests + (before?.requests ?? 0) };
}

function asApiError(error: unknown): AdminApiError {
  return error instanceof AdminApiError ? error : new AdminApiError(0, String(error));
}
