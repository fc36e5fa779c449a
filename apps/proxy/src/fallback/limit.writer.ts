import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionFailedError, StorageError, type Table } from '@claude-proxy/storage';
import type { StoreHealth } from '../state/store-health.js';
import type { LimitItem } from './limit-item.js';

const FIRST_PAUSE_MS = 5;
const MAX_PAUSE_MS = 400;
/** At pauses of up to 400 ms this is some ten seconds: 100 tasks that write one item are through long before. */
const MAX_LOST_RACES = 30;

/** A step from what the table holds of a user to what it shall hold; `undefined` stands for an absent item. */
export type LimitChange = (item: LimitItem | undefined) => LimitItem | undefined;

/**
 * Writes the changes of limits. One write per user runs at a time: changes that arrive meanwhile are merged into the
 * next one, so that this process never races itself. A race that another task has won is run again after a pause.
 */
export class LimitWriter {
  private readonly changes = new Map<string, LimitChange[]>();
  private readonly writes = new Set<Promise<void>>();

  constructor(
    private readonly table: Table,
    private readonly health: StoreHealth,
    private readonly listener: {
      onWritten(user: string, item: LimitItem | undefined): void;
      onFailure(error: unknown): void;
    },
  ) {}

  change(user: string, change: LimitChange): void {
    const waiting = this.changes.get(user);
    if (waiting) {
      waiting.push(change);
      return;
    }
    this.changes.set(user, [change]);
    const write = this.writeAll(user)
      .catch((error: unknown) => {
        this.changes.delete(user);
        this.listener.onFailure(error);
      })
      .finally(() => this.writes.delete(write));
    this.writes.add(write);
  }

  /** The item with the changes that are not written yet. */
  withChanges(user: string, item: LimitItem | undefined): LimitItem | undefined {
    return applied(this.changes.get(user) ?? [], item);
  }

  /** Resolves once every change so far has been written, or has failed. */
  async settled(): Promise<void> {
    while (this.writes.size > 0) await Promise.allSettled(this.writes);
  }

  private async writeAll(user: string): Promise<void> {
    const waiting = this.changes.get(user)!;
    for (let lostRaces = 0; waiting.length > 0; ) {
      const merged = [...waiting];
      try {
        const item = await this.write(user, merged);
        waiting.splice(0, merged.length);
        this.listener.onWritten(user, this.withChanges(user, item));
        lostRaces = 0;
      } catch (error) {
        if (!isLostRace(error) || lostRaces === MAX_LOST_RACES) throw error;
        this.health.noteConflict();
        lostRaces += 1;
        await sleep(pauseAfter(lostRaces));
      }
    }
    this.changes.delete(user);
  }

  /** Reads, changes and writes under a revision, so that two tasks never undo each other. */
  private async write(user: string, changes: readonly LimitChange[]): Promise<LimitItem | undefined> {
    const before = (await this.table.get({ user_id: user })) as LimitItem | undefined;
    const after = applied(changes, before);
    if (after === before) return before;
    const condition = before && revisionOf(before);
    if (after) await this.table.put({ ...after, revision: randomUUID() }, condition ?? { absent: true });
    else if (before) await this.table.delete({ user_id: user }, condition);
    return after;
  }
}

function applied(changes: readonly LimitChange[], item: LimitItem | undefined): LimitItem | undefined {
  return changes.reduce((known, change) => change(known), item);
}

function isLostRace(error: unknown): boolean {
  return error instanceof ConditionFailedError || (error instanceof StorageError && error.kind === 'conflict');
}

/** Doubles and differs per writer, so that those who collided do not collide again. */
function pauseAfter(lostRaces: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** lostRaces, MAX_PAUSE_MS) * (0.5 + Math.random());
}

/** Items of the original have no revision; they are replaced as long as they are the same. */
function revisionOf(item: LimitItem): { attribute: string; equals: string | number } {
  return item.revision
    ? { attribute: 'revision', equals: item.revision }
    : { attribute: 'retry_until', equals: item.retry_until };
}
