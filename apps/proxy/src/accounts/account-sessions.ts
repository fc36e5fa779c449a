import type { WarmPrefix } from './move-price.js';

/** The life of a prompt cache after its last use. */
const TTL_MS = { '5m': 5 * 60_000, '1h': 60 * 60_000 } as const;
const MAX_SESSIONS = 10_000;
/** Models that one session uses at the same time: the main one, a small one, subagents. */
const MAX_MODELS = 8;
const SWEEP_EVERY_MS = 5_000;

interface WarmModel extends WarmPrefix {
  readonly untilMs: number;
}

/** Where a session is, for as long as its prompt cache can live. */
export interface BoundSession {
  accountId: string;
  organization: string;
  /** The session is not where the hash places it, so other tasks have to know. */
  isEscape: boolean;
  untilMs: number;
  /** When the escape was last written to the store. */
  sharedUntilMs: number;
  readonly models: Map<string, WarmModel>;
}

/** The sessions of this process and the accounts that they are on: at most 10,000, the longest unused is forgotten. */
export class AccountSessions {
  private readonly byKey = new Map<string, BoundSession>();
  private readonly liveByOrganization = new Map<string, number>();
  private sweptAtMs = 0;

  /** @param maxLifeMs `SESSION_TIMEOUT`: a binding never lives longer without use */
  constructor(private readonly maxLifeMs: number) {}

  get size(): number {
    return this.byKey.size;
  }

  /** Sessions that are not where their hash places them. */
  get escapes(): number {
    return [...this.byKey.values()].filter(({ isEscape }) => isEscape).length;
  }

  find(key: string, nowMs: number): BoundSession | undefined {
    const session = this.byKey.get(key);
    if (!session) return undefined;
    if (session.untilMs > nowMs) return session;
    this.remove(key, session);
    return undefined;
  }

  /** What the workspace of the session holds in its prompt cache for this model. */
  warmPrefix(key: string, model: string, nowMs: number): WarmPrefix | undefined {
    const warm = this.find(key, nowMs)?.models.get(model);
    return warm && warm.untilMs > nowMs && warm.tokens > 0 ? warm : undefined;
  }

  bind(
    key: string,
    place: Pick<BoundSession, 'accountId' | 'organization' | 'isEscape'> & { readonly isSameWorkspace: boolean },
    nowMs: number,
  ): BoundSession {
    const known = this.find(key, nowMs);
    const { accountId, organization, isEscape, isSameWorkspace } = place;
    if (known) this.count(known.organization, -1);
    const session: BoundSession = known ?? {
      accountId,
      organization,
      isEscape,
      untilMs: 0,
      sharedUntilMs: 0,
      models: new Map(),
    };
    if (known && !isSameWorkspace) session.models.clear();
    Object.assign(session, { accountId, organization, isEscape });
    if (!isSameWorkspace) session.sharedUntilMs = 0;
    session.untilMs = Math.max(session.untilMs, nowMs + Math.min(TTL_MS['5m'], this.maxLifeMs));
    this.byKey.delete(key);
    this.byKey.set(key, session);
    this.count(organization, 1);
    this.shrink(nowMs);
    return session;
  }

  /** An answer has come: its prompt is in the cache of the workspace now. */
  warmed(key: string, model: string, { tokens, ttl }: WarmPrefix, nowMs: number): BoundSession | undefined {
    const session = this.find(key, nowMs);
    if (!session) return undefined;
    const lasts = session.models.get(model)?.ttl === '1h' && tokens > 0 ? '1h' : ttl;
    const untilMs = nowMs + Math.min(TTL_MS[lasts], this.maxLifeMs);
    session.models.delete(model);
    session.models.set(model, { tokens, ttl: lasts, untilMs });
    if (session.models.size > MAX_MODELS) session.models.delete(session.models.keys().next().value!);
    session.untilMs = Math.max(session.untilMs, untilMs);
    return session;
  }

  /** A binding that another task has made. The own one stays if it is in use. */
  adopt(key: string, place: Pick<BoundSession, 'accountId' | 'organization'>, untilMs: number, nowMs: number): void {
    if (untilMs <= nowMs || this.find(key, nowMs)) return;
    const { accountId, organization } = place;
    const session = { accountId, organization, isEscape: true, untilMs, sharedUntilMs: untilMs, models: new Map() };
    this.byKey.set(key, session);
    this.count(organization, 1);
    this.shrink(nowMs);
  }

  liveOn(organization: string): number {
    return this.liveByOrganization.get(organization) ?? 0;
  }

  /** How many sessions each account has. */
  countByAccount(nowMs: number): ReadonlyMap<string, number> {
    this.sweep(nowMs);
    const counts = new Map<string, number>();
    for (const { accountId } of this.byKey.values()) counts.set(accountId, (counts.get(accountId) ?? 0) + 1);
    return counts;
  }

  /** Removes what is over, at most every 5 seconds. */
  sweep(nowMs: number): void {
    if (nowMs - this.sweptAtMs < SWEEP_EVERY_MS) return;
    this.sweptAtMs = nowMs;
    for (const [key, session] of this.byKey) if (session.untilMs <= nowMs) this.remove(key, session);
  }

  private shrink(nowMs: number): void {
    this.sweep(nowMs);
    if (this.byKey.size <= MAX_SESSIONS) return;
    const [key, session] = this.byKey.entries().next().value!;
    this.remove(key, session);
  }

  private remove(key: string, session: BoundSession): void {
    this.byKey.delete(key);
    this.count(session.organization, -1);
  }

  private count(organization: string, by: number): void {
    const live = (this.liveByOrganization.get(organization) ?? 0) + by;
    if (live > 0) this.liveByOrganization.set(organization, live);
    else this.liveByOrganization.delete(organization);
  }
}
