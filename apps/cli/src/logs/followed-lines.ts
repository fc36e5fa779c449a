import type { RequestLine } from '@claude-proxy/admin-api';
import type { AdminClient, RequestFilter } from '@claude-proxy/admin-client';
import { isWanted } from './line-filter.js';

/** A request of this length that ends while the feed is away is found again. */
const LONGEST_REQUEST_MS = 60 * 60 * 1_000;
/** The gateway writes its lines at most a second after their end. */
const WRITE_DELAY_MS = 1_500;
const PAGE = 500;
const REMEMBERED = 20_000;

export interface Followed {
  readonly filter: RequestFilter;
  /** Lines to begin with. */
  readonly last: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onGap: (state: 'lost' | 'back') => void;
}

type Source = Pick<AdminClient, 'live' | 'requests'>;

/**
 * Finished requests as they end, each once. After a break of the feed, the lines of the time in between are read from the
 * request log.
 */
export async function* followedLines(client: Source, options: Followed): AsyncGenerator<RequestLine, void> {
  const follower = new Follower(client, options);
  const done = follower.run();
  yield* follower.lines(done);
}

class Follower {
  private readonly seen = new Set<string>();
  private readonly queue: RequestLine[] = [];
  private wake = () => {};
  private isEnded = false;
  private failure: unknown;
  private awaySinceMs: number | undefined;
  /** The end of the newest line to begin with: what ended before it was not asked for. */
  private beganMs = Number.NEGATIVE_INFINITY;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly client: Source,
    private readonly options: Followed,
  ) {}

  /** Takes what the feed and the log bring, until the signal aborts. */
  async run(): Promise<void> {
    try {
      const { signal } = this.options;
      const events = this.client.live({ signal, onState: (state) => this.noteState(state) });
      for await (const event of events) if (event.type === 'exchange') this.add([event.request]);
    } catch (error) {
      this.failure = error;
    } finally {
      for (const timer of this.timers) clearTimeout(timer);
      this.isEnded = true;
      this.wake();
    }
  }

  async *lines(done: Promise<void>): AsyncGenerator<RequestLine, void> {
    for (;;) {
      const next = this.queue.shift();
      if (next) {
        yield next;
        continue;
      }
      if (this.isEnded) break;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    await done;
    if (this.failure !== undefined) throw this.failure;
  }

  private isFirst = true;

  private noteState(state: string): void {
    if (state === 'open') {
      const sinceMs = this.awaySinceMs;
      this.awaySinceMs = undefined;
      if (!this.isFirst) this.options.onGap('back');
      void this.fill(this.isFirst ? undefined : sinceMs);
      this.isFirst = false;
    } else if (state !== 'connecting' && !this.isFirst && this.awaySinceMs === undefined) {
      this.awaySinceMs = this.options.now();
      this.options.onGap('lost');
    }
  }

  private async fill(awaySinceMs: number | undefined): Promise<void> {
    try {
      await (awaySinceMs === undefined ? this.addLast() : this.addMissed(awaySinceMs));
    } catch {
      // The feed is away again; its next start reads the same span.
      if (awaySinceMs !== undefined) this.awaySinceMs = Math.min(this.awaySinceMs ?? awaySinceMs, awaySinceMs);
    }
  }

  private async addLast(): Promise<void> {
    const { filter, last } = this.options;
    if (last === 0) return;
    const { requests } = await this.client.requests({ ...filter, limit: Math.min(last, PAGE) });
    this.beganMs = Math.max(this.beganMs, ...requests.map(endOf));
    this.add(requests.toReversed());
  }

  private async addMissed(awaySinceMs: number): Promise<void> {
    await this.addEndedSince(awaySinceMs);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.addEndedSince(awaySinceMs).catch(() => undefined);
    }, WRITE_DELAY_MS);
    this.timers.add(timer);
  }

  private async addEndedSince(sinceMs: number): Promise<void> {
    const fromMs = Math.max(sinceMs - WRITE_DELAY_MS, this.beganMs);
    const missed: RequestLine[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await this.client.requests({
        ...this.options.filter,
        since: sinceMs - LONGEST_REQUEST_MS,
        limit: PAGE,
        cursor,
      });
      missed.push(...page.requests.filter((line) => endOf(line) >= fromMs));
      cursor = page.next_cursor;
    } while (cursor);
    this.add(missed.toReversed());
  }

  private add(lines: readonly RequestLine[]): void {
    for (const line of lines) {
      if (this.seen.has(line.id) || !isWanted(line, this.options.filter)) continue;
      this.seen.add(line.id);
      if (this.seen.size > REMEMBERED) this.seen.delete(this.seen.values().next().value!);
      this.queue.push(line);
    }
    this.wake();
  }
}

function endOf({ started_at, duration_ms }: RequestLine): number {
  return started_at + duration_ms;
}
