import type { SessionDetail, SessionLine, SessionOrder, SessionPage } from '@claude-proxy/admin-api';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable } from '@nestjs/common';
import { dayOf } from '../recording/periods.js';
import { Recorder } from '../recording/recorder.js';
import { type RequestLogConfig, requestLogSection } from './request-log.config.js';
import { HOUR_MS, requestsTable } from './requests.table.js';
import { joinedLines, sessionDetailOf, sessionLineIn, sessionPartition, sessionsPartition } from './session-items.js';

const DAY_MS = 24 * HOUR_MS;
/** Of one session, the newest ones. */
const MAX_REQUESTS = 2_000;

export interface SessionQuestion {
  readonly days: number;
  isWanted(line: Pick<SessionLine, 'user' | 'team' | 'session'>): boolean;
  readonly order: SessionOrder;
  readonly limit: number;
  readonly offset: number;
}

const VALUES: Readonly<Record<SessionOrder, (line: SessionLine) => number>> = {
  recent: ({ last_at }) => last_at,
  requests: ({ requests }) => requests,
  tokens: (line) =>
    line.input_tokens + line.output_tokens + line.cache_creation_input_tokens + line.cache_read_input_tokens,
  cost: ({ cost_usd }) => cost_usd,
  breaks: ({ cache_breaks }) => cache_breaks,
  lost: ({ lost_usd }) => lost_usd,
};

/** Reads sessions. Each method throws a `StorageError` if the store is away. */
@Injectable()
export class SessionsQuery {
  private readonly table: Table;

  constructor(
    store: TableStore,
    private readonly recorder: Recorder,
    @Inject(requestLogSection.token) config: RequestLogConfig,
  ) {
    this.table = store.table(requestsTable(config.table));
  }

  /** The sessions of the last days, the largest of their order first. */
  async page({ days, isWanted, order, limit, offset }: SessionQuestion): Promise<SessionPage> {
    if (offset === 0) await this.recorder.flush();
    const found = new Map<string, SessionLine>();
    for (let day = 0; day < days; day += 1) {
      for await (const item of this.table.each({ partition: sessionsPartition(dayOf(Date.now() - day * DAY_MS)) })) {
        const line = sessionLineIn(item);
        if (!isWanted(line)) continue;
        const known = found.get(String(item.sort));
        found.set(String(item.sort), known ? joinedLines(known, line) : line);
      }
    }
    const rankOf = VALUES[order];
    const sorted = [...found.values()].sort((one, other) => rankOf(other) - rankOf(one) || other.last_at - one.last_at);
    const end = offset + limit;
    return {
      sessions: sorted.slice(offset, end),
      total: sorted.length,
      next_cursor: end < sorted.length ? String(end) : null,
    };
  }

  /** Undefined if no request of this session is on record. If several users use its id, the one who used it last. */
  async detail(
    session: string,
    isWanted: (request: { readonly user: string; readonly team: string | null }) => boolean,
  ): Promise<SessionDetail | undefined> {
    await this.recorder.flush();
    const items: Item[] = [];
    let hasMore = false;
    for await (const item of this.table.each({ partition: sessionPartition(session), descending: true })) {
      const user = String(item.user);
      if (!isWanted({ user, team: typeof item.team === 'string' ? item.team : null })) continue;
      if (items.length > 0 && items[0]!.user !== user) continue;
      if (items.length === MAX_REQUESTS) {
        hasMore = true;
        break;
      }
      items.push(item);
    }
    return items.length === 0 ? undefined : sessionDetailOf(session, items.reverse(), hasMore);
  }
}
