import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IndependentWrite } from '@claude-proxy/storage';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AccessChanges } from '../../state/access-changes.js';
import { withPatience } from '../with-patience.js';
import { BudgetStore } from './budget.store.js';
import { BudgetCounter } from './budget-counter.js';
import { type BudgetCap, type BudgetRecord, capsOf, recordFor, type Spender, scopesOf } from './budget-record.js';
import { type BudgetWindow, BudgetWindows } from './budget-windows.js';
import { type BudgetsConfig, budgetsSection } from './budgets.config.js';
import { PendingChanges } from './pending-changes.js';
import { SharedCounter } from './shared-counter.js';

const TICK_MS = 1_000;
/** A counter without requests keeps its lease for so long. */
const IDLE_MS = 3_000;
/** A third of the life of a lease. */
const BEAT_MS = 20_000;
/** Other tasks see the recall within a second, and return their leases with one call. */
const RECALL_WAIT_MS = 1_700;
const RECALL_EVERY_MS = 60_000;
/** Counters of past windows stay readable for statements and the audit. */
const KEEP_COUNTER_MS = 62 * 24 * 60 * 60 * 1_000;
/** The scope of `FALLBACK_BUDGET_USD_PER_DAY`. */
export const BEDROCK_SCOPE = 'bedrock';

/** A counter with its cap, for one request. */
export interface OpenCap extends BudgetCap {
  readonly counter: BudgetCounter;
  readonly shared: SharedCounter;
  readonly endsAt: number;
}

interface Entry {
  readonly counter: BudgetCounter;
  readonly shared: SharedCounter;
  readonly endsAt: number;
  beatAtMs: number;
}

/**
 * All budgets, and the counters of this task. Budgets are read when they change, so a request finds its caps in memory;
 * a counter asks the store only for a new lease.
 */
@Injectable()
export class BudgetLedger implements OnModuleInit, OnModuleDestroy {
  readonly windows: BudgetWindows;
  readonly pending = new PendingChanges();
  private readonly logger = new Logger('Budgets');
  private readonly task = randomBytes(4).toString('hex');
  private readonly entries = new Map<string, Entry>();
  private hasRead = false;
  private records: ReadonlyMap<string, BudgetRecord> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private recalledAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly store: BudgetStore,
    private readonly changes: AccessChanges,
    @Inject(budgetsSection.token) private readonly config: BudgetsConfig,
  ) {
    this.windows = new BudgetWindows(config.timeZone);
    this.records = this.withSettings([]);
  }

  onModuleInit(): void {
    this.changes.watch('budgets', () => void this.refresh());
    this.changes.watch('leases', () => void this.returnSpare(true));
    this.timer = setInterval(() => void this.tick(), TICK_MS).unref();
    void this.refresh();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.returnSpare(true);
  }

  /** True if no request needs a look at its budgets. */
  get isEmpty(): boolean {
    return this.records.size === 0;
  }

  /** No request may pass, because the budgets have not been read yet, and `BUDGET_ON_STORE_LOSS` is `closed`. */
  get isClosed(): boolean {
    return !this.hasRead && this.config.onStoreLoss === 'closed';
  }

  get all(): readonly BudgetRecord[] {
    return [...this.records.values()];
  }

  /** Never rejects: without the store the last known budgets hold. */
  async refresh(): Promise<void> {
    const records = await withPatience(this.store.all(), this.config.patienceMs).catch((error: unknown) => {
      this.logger.debug(`budgets could not be read: ${String(error)}`);
    });
    if (!records) return;
    this.records = this.withSettings(records);
    this.hasRead = true;
  }

  /** The caps that hold for a spender now, without those for Bedrock alone. */
  capsFor(spender: Spender, nowMs: number): OpenCap[] {
    return this.openCaps(spender, nowMs, false);
  }

  bedrockCapsFor(spender: Spender, nowMs: number): OpenCap[] {
    return this.openCaps(spender, nowMs, true);
  }

  /** The caps of a scope itself. */
  capsOfScope(record: BudgetRecord, scope: string, nowMs: number): OpenCap[] {
    return capsOf(record, scope, nowMs).map((cap) => this.open(cap, nowMs));
  }

  private openCaps(spender: Spender, nowMs: number, isBedrock: boolean): OpenCap[] {
    if (this.records.size === 0) return [];
    const scopes = isBedrock ? [...scopesOf(spender), BEDROCK_SCOPE] : scopesOf(spender);
    return scopes.flatMap((scope) => {
      const record = recordFor(this.records, scope);
      return record && record.bedrock_only === isBedrock ? this.capsOfScope(record, scope, nowMs) : [];
    });
  }

  private open(cap: BudgetCap, nowMs: number): OpenCap {
    const window = this.windows.at(nowMs)[cap.window];
    const { counter, shared, endsAt } = this.entryOf(cap, window);
    return { ...cap, counter, shared, endsAt };
  }

  private entryOf({ scope, unit, record }: BudgetCap, window: BudgetWindow): Entry {
    const key = this.store.counterKey(scope, record.bedrock_only, unit, window);
    const id = `${key.partition} ${key.sort}`;
    const known = this.entries.get(id);
    if (known) return known;
    const shared = new SharedCounter({
      table: () => this.store.table,
      key,
      task: this.task,
      expiresAt: Math.ceil((window.endsAt + KEEP_COUNTER_MS) / 1_000),
      patienceMs: this.config.patienceMs,
      nowSeconds: () => Math.floor(Date.now() / 1_000),
      onLost: () => counter.forgetLease(),
    });
    const counter = new BudgetCounter(shared, {
      isStrict: this.config.mode === 'strict',
      recall: () => this.recall(),
      now: () => performance.now(),
    });
    const entry = { counter, shared, endsAt: window.endsAt, beatAtMs: performance.now() };
    this.entries.set(id, entry);
    this.pending.name(shared, { table: this.store.definition, key });
    return entry;
  }

  /** The writes of all settlements since the last call, for the recorder. */
  takeWrites(): IndependentWrite[] {
    return this.pending.take();
  }

  private withSettings(records: readonly BudgetRecord[]): ReadonlyMap<string, BudgetRecord> {
    const all = new Map(records.map((record) => [record.scope, record]));
    const { fallbackUsdPerDay } = this.config;
    if (fallbackUsdPerDay === undefined) return all;
    const usd = { day: fallbackUsdPerDay };
    const record = { usd, tokens: {}, when_over: null, bedrock_only: true, on_store_loss: null, raise: null };
    return all.set(BEDROCK_SCOPE, { scope: BEDROCK_SCOPE, ...record });
  }

  /** At most once a minute: until then no task holds anything in advance, so there is nothing to return. */
  private async recall(): Promise<boolean> {
    if (!this.store.isShared || performance.now() - this.recalledAtMs < RECALL_EVERY_MS) return false;
    this.recalledAtMs = performance.now();
    await this.changes.announce('leases');
    await sleep(RECALL_WAIT_MS);
    return true;
  }

  /** @param isRecalled also of counters in use, which hold nothing in advance for a minute */
  private async returnSpare(isRecalled: boolean): Promise<void> {
    if (isRecalled) this.recalledAtMs = performance.now();
    const returns = [...this.entries.values()].map(async ({ counter, shared }) => {
      if (isRecalled) {
        counter.stopHoldingInAdvance(RECALL_EVERY_MS);
        await counter.quiet;
      } else if (counter.idleMs < IDLE_MS) return;
      const spare = counter.takeSpare();
      if (spare > 0) await shared.release(spare).catch((error: unknown) => this.logger.debug(String(error)));
    });
    await Promise.all(returns);
  }

  private async tick(): Promise<void> {
    await this.returnSpare(false);
    const nowMs = performance.now();
    for (const [id, entry] of this.entries) {
      const { counter, shared, endsAt } = entry;
      if (counter.holds > 0 && nowMs - entry.beatAtMs > BEAT_MS) {
        entry.beatAtMs = nowMs;
        shared.beat().catch((error: unknown) => this.logger.debug(String(error)));
      }
      const isOver = Date.now() > endsAt && counter.isIdle && counter.holds === 0 && !this.pending.has(shared);
      if (isOver) this.entries.delete(id);
    }
  }
}
