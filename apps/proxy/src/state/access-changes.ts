import { randomBytes } from 'node:crypto';
import { type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { accessTable } from './access.table.js';
import { type StateConfig, stateSection } from './state.config.js';

/** Bounds how long a change in one task stays unknown in the others. One read per second and task. */
const POLL_MS = 1_000;
const MAX_ATTEMPTS = 3;
const KEY = { partition: 'changes', sort: 'marks' } as const;

/** What is cached in every task. */
export type AccessTopic = 'keys' | 'teams' | 'budgets' | 'leases' | 'accounts' | 'escapes';

/** The new mark of a topic. */
export interface ChangeNotice {
  readonly topic: AccessTopic;
  readonly mark: string;
}

/**
 * Notifies every task within a second that items of a topic have changed. One item has a mark per topic; a change
 * replaces the mark, and every task compares them. An embedded store has one task, so it is not polled.
 */
@Injectable()
export class AccessChanges implements OnModuleDestroy {
  private readonly watchers = new Map<AccessTopic, (() => void)[]>();
  private readonly marks = new Map<AccessTopic, unknown>();
  private timer: NodeJS.Timeout | undefined;
  private isPolling = false;
  private push: (notice: ChangeNotice) => void = () => {};

  constructor(
    private readonly store: TableStore,
    @Inject(stateSection.token) private readonly config: StateConfig,
  ) {}

  /** The watcher is also called for changes that this task has announced. */
  watch(topic: AccessTopic, watcher: () => void): void {
    this.watchers.set(topic, [...(this.watchers.get(topic) ?? []), watcher]);
    if (this.config.engine === 'dynamodb') this.timer ??= setInterval(() => void this.poll(), POLL_MS).unref();
  }

  /** Call it after the change is stored. @throws StorageError if other tasks may not see the change */
  async announce(topic: AccessTopic): Promise<void> {
    this.notify(topic);
    const mark = randomBytes(8).toString('hex');
    this.marks.set(topic, mark);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.table.increment(KEY, { add: {}, set: { [topic]: mark } });
        return this.push({ topic, mark });
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** A faster way to other tasks than their polls. @param push returns at once and never throws */
  pushWith(push: (notice: ChangeNotice) => void): void {
    this.push = push;
  }

  /** From another task, or an own one that came back. */
  received({ topic, mark }: ChangeNotice): void {
    if (!this.watchers.has(topic) || this.marks.get(topic) === mark) return;
    this.marks.set(topic, mark);
    this.notify(topic);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private get table(): Table {
    return this.store.table(accessTable(this.config.accessTable));
  }

  /** While the store is unreachable, the tasks keep what they know. */
  private async poll(): Promise<void> {
    if (this.isPolling) return;
    this.isPolling = true;
    const item = await this.table.get(KEY).catch(() => undefined);
    this.isPolling = false;
    if (!item) return;
    for (const topic of this.watchers.keys()) {
      if (this.marks.get(topic) === item[topic]) continue;
      this.marks.set(topic, item[topic]);
      this.notify(topic);
    }
  }

  private notify(topic: AccessTopic): void {
    for (const watcher of this.watchers.get(topic) ?? []) watcher();
  }
}
