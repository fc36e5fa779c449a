import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Task, TaskList } from '@claude-proxy/admin-api';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { VERSION } from '../config/version.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { accessTable } from './access.table.js';
import { type StateConfig, stateSection } from './state.config.js';

const PARTITION = 'tasks';
/** After so many missed writes a task is silent, and after four times as many it is forgotten. */
const MISSED_WRITES = 3;
/** Questions that come together share one read. */
const CACHE_MS = 1_000;
/** The page waits for the list. */
const PATIENCE_MS = 1_500;

/** What a room adds to the item of its task. */
type Facts = Readonly<Record<string, unknown>>;

interface Reading {
  readonly items: readonly Item[];
  readonly isComplete: boolean;
}

/**
 * The tasks of the deployment. Each writes one small item every few seconds, and deletes it when it ends. While the
 * store is away, this task is the only one that is known.
 */
@Injectable()
export class TaskRegister implements OnApplicationBootstrap, OnModuleDestroy {
  readonly id = randomBytes(4).toString('hex');
  private readonly startedAt = Date.now();
  private readonly table: Table;
  private readonly factsOfRooms: (() => Facts)[] = [];
  private isDraining = false;
  private isEnding = false;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private reading: { readonly untilMs: number; readonly answer: Promise<Reading> } | undefined;
  private last: Reading = { items: [], isComplete: true };

  constructor(
    store: TableStore,
    private readonly feed: ExchangeFeed,
    @Inject(stateSection.token) private readonly config: StateConfig,
  ) {
    this.table = store.table(accessTable(config.accessTable));
  }

  /** The facts are read at each write. Other tasks get them from `othersFacts`. */
  addFacts(facts: () => Facts): void {
    this.factsOfRooms.push(facts);
  }

  onApplicationBootstrap(): void {
    this.feed.onChange((what) => {
      if (what !== 'draining') return;
      this.isDraining = true;
      this.beat();
    });
    this.timer = setInterval(() => this.beat(), this.config.heartbeatSeconds * 1_000).unref();
    this.beat();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.isEnding = true;
    await this.writing;
    await this.table.delete(this.key()).catch(() => {});
  }

  /** Never rejects. */
  async list(): Promise<TaskList> {
    const { items, isComplete } = await this.read();
    const tasks = [...items.map((item) => this.taskOf(item)), this.own()].sort((a, b) => a.started_at - b.started_at);
    const alive = tasks.filter(({ state }) => state !== 'silent');
    return { tasks, in_flight: alive.reduce((sum, task) => sum + task.in_flight, 0), is_complete: isComplete };
  }

  /** Reads what the other tasks have written. Never rejects. */
  async refresh(): Promise<void> {
    await this.read();
  }

  /** The facts that the other tasks had at the last read. */
  get othersFacts(): readonly Facts[] {
    return this.last.items;
  }

  private own(): Task {
    return {
      id: this.id,
      host: hostname(),
      version: VERSION,
      started_at: this.startedAt,
      seen_at: Date.now(),
      state: this.isDraining ? 'draining' : 'serving',
      in_flight: this.feed.inFlight,
      is_this: true,
    };
  }

  private taskOf(item: Item): Task {
    const seenAt = Number(item.seen_at);
    const isSilent = Date.now() - seenAt > MISSED_WRITES * Number(item.beat_seconds) * 1_000;
    return {
      id: String(item.id),
      host: String(item.host),
      version: String(item.version),
      started_at: Number(item.started_at),
      seen_at: seenAt,
      state: isSilent ? 'silent' : item.state === 'draining' ? 'draining' : 'serving',
      in_flight: Number(item.in_flight),
      is_this: false,
    };
  }

  /** An embedded store has one task at a time: the next one replaces the item of one that was killed. */
  private key() {
    return { partition: PARTITION, sort: this.config.engine === 'embedded' ? 'embedded' : this.id };
  }

  /** A lost write is made up for by the next one, so a failure is not logged: the store has its own alarms. */
  private beat(): void {
    if (this.isEnding) return;
    this.writing = this.writing.then(() => this.table.put(this.item())).catch(() => {});
  }

  private item(): Item {
    const { is_this: _isThis, ...task } = this.own();
    const { heartbeatSeconds } = this.config;
    const keptSeconds = 4 * MISSED_WRITES * heartbeatSeconds;
    const ttl = Math.ceil(Date.now() / 1_000) + keptSeconds;
    const facts = Object.assign({}, ...this.factsOfRooms.map((read) => read())) as Facts;
    return { ...facts, ...task, ...this.key(), beat_seconds: heartbeatSeconds, ttl };
  }

  private read(): Promise<Reading> {
    const nowMs = performance.now();
    if (this.reading && nowMs < this.reading.untilMs) return this.reading.answer;
    const answer = this.readOthers();
    this.reading = { untilMs: nowMs + CACHE_MS, answer };
    return answer;
  }

  private async readOthers(): Promise<Reading> {
    if (this.config.engine === 'embedded') return this.last;
    const items = Array.fromAsync(this.table.each({ partition: PARTITION })).catch(() => undefined);
    const found = await Promise.race([items, sleep(PATIENCE_MS, undefined, { ref: false })]);
    this.last = { items: found?.filter(({ id }) => id !== this.id) ?? [], isComplete: found !== undefined };
    return this.last;
  }
}
