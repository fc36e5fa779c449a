import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, callApi } from './call-api.js';

const LONGEST_PAUSE_SECONDS = 60;

export interface Polled<T> {
  readonly data: T | undefined;
  /** What went wrong the last time; the data may still be there, then it is stale. */
  readonly error: ApiError | undefined;
  /** Epoch milliseconds of the data. */
  readonly updatedAt: number | undefined;
  refresh(): void;
}

interface State<T> {
  readonly path: string | null;
  readonly data?: T;
  readonly error?: ApiError;
  readonly updatedAt?: number;
}

/** Asks again and again while the page is looked at, ever slower while it fails. Without a path nothing is asked. */
export function usePolled<T>(path: string | null, everySeconds: number, alsoFine?: readonly number[]): Polled<T> {
  const [state, setState] = useState<State<T>>({ path });
  const refresh = useRef<() => void>(() => {});

  useEffect(() => {
    if (path === null) return;
    const poll = startPolling(everySeconds, async (signal) => {
      try {
        const data = await callApi<T>(path, { signal, ...(alsoFine ? { alsoFine } : {}) });
        setState({ path, data, updatedAt: Date.now() });
        return true;
      } catch (error) {
        if (signal.aborted) return true;
        const seen = error instanceof ApiError ? error : new ApiError(0, String(error));
        setState((before) => ({ ...(before.path === path ? before : { path }), error: seen }));
        return false;
      }
    });
    refresh.current = poll.now;
    return poll.stop;
  }, [path, everySeconds]);

  // What was asked before says nothing about what is asked now.
  const current: State<T> = state.path === path ? state : { path };
  return {
    data: current.data,
    error: current.error,
    updatedAt: current.updatedAt,
    refresh: useCallback(() => refresh.current(), []),
  };
}

function startPolling(everySeconds: number, ask: (signal: AbortSignal) => Promise<boolean>) {
  let timer: number | undefined;
  let running = new AbortController();
  let failures = 0;

  const now = async (): Promise<void> => {
    window.clearTimeout(timer);
    running.abort();
    const mine = new AbortController();
    running = mine;
    const isFine = await ask(mine.signal);
    if (mine.signal.aborted) return;
    failures = isFine ? 0 : failures + 1;
    const pause = Math.min(everySeconds * 2 ** failures, Math.max(LONGEST_PAUSE_SECONDS, everySeconds));
    if (!document.hidden) timer = window.setTimeout(now, pause * 1_000);
  };
  const onVisibility = (): void => {
    if (document.hidden) window.clearTimeout(timer);
    else void now();
  };
  document.addEventListener('visibilitychange', onVisibility);
  void now();
  return {
    now: () => void now(),
    stop() {
      document.removeEventListener('visibilitychange', onVisibility);
      window.clearTimeout(timer);
      running.abort();
    },
  };
}
