import type { LiveEvent } from '@claude-proxy/admin-api';
import { AdminApiError } from './admin-api-error.js';
import { eventsOf, type SseEvent } from './sse-events.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A load balancer, or a supervisor that starts the process again, needs at least this long. */
const DRAINING_PAUSE_MS = 3_000;
/** The gateway writes a comment every 15 s; a connection without three of them is dead. */
const MAX_SILENCE_MS = 45_000;
const TYPES: ReadonlySet<string> = new Set<LiveEvent['type']>([
  'exchange',
  'limits',
  'drills',
  'budgets',
  'accounts',
  'event',
  'draining',
]);

/** `waiting`: the connection failed, the next try follows. `draining`: the process that served the feed shuts down. */
export type LiveState = 'connecting' | 'open' | 'waiting' | 'draining';

export interface LiveOptions {
  readonly signal: AbortSignal;
  readonly onState?: (state: LiveState) => void;
}

type Connect = (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

/** The events of all connections, one after the other. */
export async function* liveEvents(connect: Connect, { signal, onState }: LiveOptions): AsyncGenerator<LiveEvent, void> {
  const report = (state: LiveState) => onState?.(state);
  let failures = 0;
  let isDraining = false;
  const onOpen = () => {
    failures = 0;
    report('open');
  };
  while (!signal.aborted) {
    // While a process drains, the next one may need some time: until then the state remains `draining`.
    if (!isDraining) report('connecting');
    isDraining = false;
    for await (const event of eventsUntilFailure(eventsOfConnection(connect, signal, onOpen), signal)) {
      isDraining = event.type === 'draining';
      if (isDraining) report('draining');
      yield event;
    }
    if (signal.aborted) return;
    if (!isDraining) report('waiting');
    await pause(isDraining ? DRAINING_PAUSE_MS : pauseAfterMs(failures), signal);
    failures += 1;
  }
}

/** @throws AdminApiError if the next try would be refused as well */
async function* eventsUntilFailure(events: AsyncGenerator<LiveEvent, void>, signal: AbortSignal) {
  try {
    yield* events;
  } catch (error) {
    if (!signal.aborted && isFinal(error)) throw error;
  }
}

/** The events of one connection. It ends with `draining`, because the process then closes it. */
async function* eventsOfConnection(connect: Connect, signal: AbortSignal, onOpen: () => void) {
  const end = new AbortController();
  let silence: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(silence);
    signal.removeEventListener('abort', close);
    end.abort();
  };
  const onBytes = () => {
    clearTimeout(silence);
    silence = setTimeout(close, MAX_SILENCE_MS);
  };
  // Also for a caller that aborts and takes no further event.
  signal.addEventListener('abort', close, { once: true });
  try {
    onBytes();
    const body = await connect(end.signal);
    onOpen();
    for await (const event of eventsOf(body, onBytes)) {
      const known = liveEventOf(event);
      if (known) yield known;
      if (known?.type === 'draining') return;
    }
  } finally {
    close();
  }
}

/** Undefined for an event that a later version has added. */
function liveEventOf({ name, data }: SseEvent): LiveEvent | undefined {
  if (!TYPES.has(name)) return undefined;
  try {
    return { ...JSON.parse(data), type: name } as LiveEvent;
  } catch {
    return undefined;
  }
}

/** A refusal that the next try would meet again: the wrong token, or a path that is not there. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof AdminApiError)) return false;
  return error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
}

/** Twice as long each time, and spread, so that many clients do not come back at the same moment. */
function pauseAfterMs(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2);
}

/** Ends early if the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
