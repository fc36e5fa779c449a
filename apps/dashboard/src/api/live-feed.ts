import type { LiveEvent } from '@claude-proxy/admin-api';
import type { LiveState } from '@claude-proxy/admin-client';
import { gateway } from './gateway.js';

/** A session that was refused may be accepted again, after a sign-in in another tab. */
const REFUSED_PAUSE_MS = 30_000;

export type FeedState = LiveState | 'resting';
type Listener = (event: LiveEvent) => void;

/** One live feed for the whole page. An invisible page has no connection. */
export class LiveFeed {
  private readonly listeners = new Set<Listener>();
  private readonly stateListeners = new Set<(state: FeedState) => void>();
  private connection: AbortController | undefined;
  private timer: number | undefined;
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
    else void this.connect();
  };

  private async connect(): Promise<void> {
    const connection = new AbortController();
    this.connection = connection;
    const { signal } = connection;
    // The end of a connection that was given up says nothing about the one that follows it.
    const onState = (state: LiveState) => signal.aborted || this.become(state);
    try {
      for await (const event of gateway.live({ signal, onState })) {
        for (const listener of this.listeners) listener(event);
      }
    } catch {
      if (signal.aborted) return;
      this.become('waiting');
      this.timer = window.setTimeout(() => void this.connect(), REFUSED_PAUSE_MS);
    }
  }

  private disconnect(): void {
    window.clearTimeout(this.timer);
    this.connection?.abort();
    this.connection = undefined;
  }

  private become(state: FeedState): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.stateListeners) listener(state);
  }
}
