import { randomUUID } from 'node:crypto';
import type { Drill, DrillOrder } from '@claude-proxy/admin-api';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { ExchangeFeed } from '../../exchange/exchange-feed.js';
import { type EventReport, OperatorEvents } from '../../exchange/operator-events.js';
import { sumOf } from '../../recording/sums.js';
import { TaskRegister } from '../../state/task.register.js';
import { type FallbackConfig, fallbackSection } from '../fallback.config.js';
import { LISTS, limitTable } from '../limit.table.js';

/** How soon a drill begins and ends in every task. */
const REFRESH_MS = 2_000;
const LOG_EVERY_MS = 60_000;
/** How far the clocks of two tasks may lie apart. */
const MAX_SKEW_MS = 60_000;

interface StoredDrill extends DrillOrder {
  readonly id: string;
  readonly startedAtMs: number;
  readonly untilMs: number;
}

/**
 * The drills that are on. They stand beside the limits in the same table, under names that no user can have, so that
 * every task takes part; each ends by itself.
 */
@Injectable()
export class DrillRegister implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(DrillRegister.name);
  private readonly table: Table;
  private readonly hitCounts = new Map<string, number>();
  private drills: readonly StoredDrill[] = [];
  private timer: NodeJS.Timeout | undefined;
  private loggedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    store: TableStore,
    private readonly feed: ExchangeFeed,
    private readonly tasks: TaskRegister,
    private readonly events: OperatorEvents,
    @Inject(fallbackSection.token) private readonly config: FallbackConfig,
  ) {
    this.table = store.table(limitTable(config.rateLimitTable));
  }

  /** The process was started as a drill, which hits every request. */
  get isForced(): boolean {
    return this.config.isForcedLimit;
  }

  /** Drills in force. */
  get count(): number {
    const nowMs = Date.now();
    return this.drills.filter((drill) => isOn(drill, nowMs)).length + Number(this.isForced);
  }

  onModuleInit(): void {
    this.tasks.addFacts(() => this.ownHits());
    this.timer = setInterval(() => void this.refresh(), REFRESH_MS).unref();
    void this.refresh();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Decides for one request; drills with a share leave the rest alone. */
  hits(user: string): boolean {
    if (this.isForced) return true;
    const nowMs = Date.now();
    const drill = this.drills.find(
      (each) => isOn(each, nowMs) && (each.user ?? user) === user && Math.random() < each.share,
    );
    if (drill) this.hitCounts.set(drill.id, (this.hitCounts.get(drill.id) ?? 0) + 1);
    return drill !== undefined;
  }

  /** @throws StorageError */
  async start(order: DrillOrder): Promise<Drill> {
    const startedAtMs = Date.now();
    const drill: StoredDrill = {
      ...order,
      id: randomUUID(),
      startedAtMs,
      untilMs: startedAtMs + order.seconds * 1_000,
    };
    await this.table.put({
      user_id: `drill#${drill.id}`,
      list: LISTS.drills,
      ttl: Math.ceil(drill.untilMs / 1_000),
      drill_user: order.user,
      share: order.share,
      seconds: order.seconds,
      started_at_ms: startedAtMs,
    });
    this.change([...this.drills, drill]);
    this.events.report(eventOf(drill));
    return this.shown(drill);
  }

  /** @throws StorageError */
  async stop(id: string): Promise<void> {
    await this.table.delete({ user_id: `drill#${id}` });
    this.change(this.drills.filter((drill) => drill.id !== id));
  }

  /** With the hits in all tasks. */
  async running(): Promise<Drill[]> {
    await this.tasks.refresh();
    const nowMs = Date.now();
    return this.drills.filter((drill) => isOn(drill, nowMs)).map((drill) => this.shown(drill));
  }

  private async refresh(): Promise<void> {
    try {
      const items = await Array.fromAsync(this.table.each({ index: LISTS.index, partition: LISTS.drills }));
      const drills = items.map(drillOf);
      const isSame = JSON.stringify(drills) === JSON.stringify(this.drills);
      if (!isSame) this.change(drills);
    } catch (error) {
      if (performance.now() - this.loggedAtMs < LOG_EVERY_MS) return;
      this.loggedAtMs = performance.now();
      this.logger.warn(`drills cannot be read: ${String(error)}`);
    }
  }

  private change(drills: readonly StoredDrill[]): void {
    this.drills = drills;
    this.feed.changed('drills');
  }

  /** For the other tasks. */
  private ownHits(): { readonly drill_hits?: Readonly<Record<string, number>> } {
    const nowMs = Date.now();
    const running = this.drills.filter((drill) => isOn(drill, nowMs) && this.hitCounts.has(drill.id));
    if (running.length === 0) return {};
    return { drill_hits: Object.fromEntries(running.map(({ id }) => [id, this.hitCounts.get(id)!])) };
  }

  private hitsOf(id: string): number {
    const ofOthers = this.tasks.othersFacts.map(({ drill_hits }) => sumOf(Object(drill_hits)[id]));
    return ofOthers.reduce((sum, hits) => sum + hits, this.hitCounts.get(id) ?? 0);
  }

  private shown({ id, user, seconds, share, startedAtMs, untilMs }: StoredDrill): Drill {
    const secondsLeft = Math.max(0, Math.ceil((untilMs - Date.now()) / 1_000));
    const times = { started_at: startedAtMs, until: untilMs, seconds_left: secondsLeft };
    return { id, user, seconds, share, ...times, struck: this.hitsOf(id) };
  }
}

/** A clock that was set back must not make a drill last for the length of the jump. */
function isOn({ startedAtMs, untilMs }: StoredDrill, nowMs: number): boolean {
  return untilMs > nowMs && startedAtMs <= nowMs + MAX_SKEW_MS;
}

function drillOf(item: Item): StoredDrill {
  const startedAtMs = Number(item.started_at_ms);
  const seconds = Number(item.seconds);
  return {
    user: typeof item.drill_user === 'string' ? item.drill_user : null,
    seconds,
    share: Number(item.share),
    id: String(item.user_id).slice('drill#'.length),
    startedAtMs,
    untilMs: startedAtMs + seconds * 1_000,
  };
}

function eventOf({ id, user, share, seconds, untilMs }: StoredDrill): EventReport {
  const whose = user === null ? 'all users' : `the user ${user}`;
  return {
    type: 'drill.started',
    subject: user === null ? 'everybody' : `user:${user}`,
    text: `A drill hits ${Math.round(share * 100)} % of the requests of ${whose} for ${seconds} s.`,
    details: { drill_id: id, share, seconds, until: untilMs },
    occurrence: id,
  };
}
