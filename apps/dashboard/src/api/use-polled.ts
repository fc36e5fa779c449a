import { AdminApiError, type AdminClient } from '@claude-proxy/admin-client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { gateway } from './gateway.js';

const LONGEST_PAUSE_SECONDS = 60;

export interface Polled<T> {
  readonly data: T | undefined;
  /** What went wrong the last time; the data may still be there, then it is stale. */
  readonly error: AdminApiError | undefined;
  /** Epoch milliseconds of the data. */
  readonly updatedAt: number | undefined;
  refresh(): void;
}

interface State<T> {
  readonly key: string | null;
  readonly data?: T;
  readonly error?: AdminApiError;
  readonly updatedAt?: number;
}

/**
 * Asks the gateway again and again while the page is visible, at longer intervals while that fails. A question has a key:
 * another key is another question, and without a key nothing is asked.
 */
export function usePolled<T>(
  key: string | null,
  everySeconds: number,
  ask: (gateway: AdminClient, signal: AbortSignal) => Promise<T>,
): Polled<T> {
  const [state, setState] = useState<State<T>>({ key });
  const refresh = useRef<() => void>(() => {});

  useEffect(() => {
    if (key === null) return;
    const poll = startPolling(everySeconds, async (signal) => {
      try {
        const data = await ask(gateway, signal);
        setState({ key, data, updatedAt: Date.now() });
        return true;
      } catch (error) {
        if (signal.aborted) return true;
        const seen = error instanceof AdminApiError ? error : new AdminApiError(0, String(error));
        setState((before) => ({ ...(before.key === key ? before : { key }), error: seen }));
        return false;
      }
    });
    refresh.current = poll.now;
    return poll.stop;
  }, [key, everySeconds]);

  // What was asked before says nothing about what is asked now.
  const current: State<T> = state.key === key ? state : { key };
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
