import type { LiveEvent, RequestLine, Session } from '@claude-proxy/admin-api';
import { callApi, tellSignedOut } from './call-api.js';
import { urlOf } from './gateway-address.js';

const LONGEST_PAUSE_MS = 30_000;
/** So long a load balancer, or a supervisor that starts anew, needs at least. */
const DRAINING_PAUSE_MS = 3_000;

export type FeedState = 'connecting' | 'open' | 'waiting' | 'draining' | 'resting';
type Listener = (event: LiveEvent) => void;

/**
 * One connection to `GET /api/live` for the whole page. `EventSource` gives up for good when it is answered with an
 * error, so the next try is ours; while nobody looks there is no connection.
 */
export class LiveFeed {
  private readonly listeners = new Set<Listener>();
  private readonly stateListeners = new Set<(state: FeedState) => void>();
  private source: EventSource | undefined;
  private timer: number | undefined;
  private failures = 0;
  state: FeedState = 'connecting';

  constructor() {
    document.addEventListener('visibilitychange', this.onVisibility);
    this.onVisibility();
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  watchState(listener: (state: FeedState) => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.disconnect();
  }

  private readonly onVisibility = (): void => {
    this.disconnect();
    if (document.hidden) this.become('resting');
    else this.connect();
  };

  private connect(): void {
    if (this.state !== 'draining') this.become('connecting');
    const source = new EventSource(urlOf('api/live'));
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.become('open');
    };
    source.onerror = () => this.onError(source);
    source.addEventListener('exchange', ({ data }) => {
      const request = requestIn(data);
      if (request) this.tell({ type: 'exchange', request });
    });
    source.addEventListener('limits', () => this.tell({ type: 'limits' }));
    source.addEventListener('drills', () => this.tell({ type: 'drills' }));
    source.addEventListener('draining', () => this.onDraining());
  }

  /** The process ends, the gateway as a whole may not: another process may answer the next try. */
  private onDraining(): void {
    this.disconnect();
    this.become('draining');
    this.tell({ type: 'draining' });
    this.timer = window.setTimeout(() => this.connect(), DRAINING_PAUSE_MS);
  }

  private onError(source: EventSource): void {
    if (source !== this.source) return;
    this.become('waiting');
    if (source.readyState !== EventSource.CLOSED) return;
    this.disconnect();
    const pause = Math.min(1_000 * 2 ** this.failures, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2);
    this.failures += 1;
    this.timer = window.setTimeout(() => this.connect(), pause);
    void checkSession();
  }

  private disconnect(): void {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  private tell(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private become(state: FeedState): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.stateListeners) listener(state);
  }
}

function requestIn(data: unknown): RequestLine | undefined {
  try {
    return (JSON.parse(String(data)) as { request?: RequestLine }).request;
  } catch {
    return undefined;
  }
}

/** `EventSource` does not tell why it was refused. */
async function checkSession(): Promise<void> {
  const session = await callApi<Session>('api/session', { isQuiet: true }).catch(() => undefined);
  if (session && !session.is_signed_in) tellSignedOut();
}
