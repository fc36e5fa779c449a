import { ConditionFailedError, type Item, type Key, type Table } from '@claude-proxy/storage';
import { withPatience } from '../with-patience.js';
import type { CounterStore, CounterTotals } from './budget-counter.js';

/** A task that has not written for so long is gone, or has given up its lease. */
export const LEASE_SECONDS = 60;
const HELD = 'held#';

/** The increments of a settlement, for the recorder. */
export interface CounterChange {
  readonly add: Readonly<Record<string, number>>;
  readonly set: Readonly<Record<string, unknown>>;
}

export interface SharedCounterOptions {
  readonly table: () => Table;
  readonly key: Key;
  /** Unique per process, because each process has one lease per counter. */
  readonly task: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** The longest wait for one call of the store. */
  readonly patienceMs: number;
  nowSeconds(): number;
  /** A call had an unknown outcome. The lease counts as lost, and ends by itself. */
  onLost(): void;
}

/**
 * One counter in the store: `spent`, `committed`, and per task the lease `held#…`, the last write `beat#…`, the number of
 * the last call `seq#…`, and what the recorder has written of its settlements: `own#…` and `over#…`. Every write keeps
 * `committed` equal to `spent` plus all leases.
 */
export class SharedCounter implements CounterStore {
  private seq = 0;
  /** Settled by this task: what was spent, and what of it exceeded the lease. A part may not be written yet. */
  private own = 0;
  private over = 0;
  private overSeen = 0;
  /** Of that, what the recorder has not taken yet. */
  private unwrittenSpent = 0;
  private unwrittenUnheld = 0;
  private unheldByLease: Record<string, number> = {};
  /** A lease with an unknown amount is left behind under its name, and the task goes on under a new one. */
  private epoch = 0;

  constructor(private readonly options: SharedCounterOptions) {}

  async acquire(amount: number, ceiling: number): Promise<boolean> {
    // What was added to `committed` but may not be written yet. If it is, the next read shows it.
    const unwritten = this.over - this.overSeen;
    const condition = { attribute: 'committed', atMost: ceiling - amount - unwritten };
    return this.write({ committed: amount, [HELD + this.name]: amount }, condition);
  }

  async release(amount: number): Promise<void> {
    await this.write({ committed: -amount, [HELD + this.name]: -amount });
  }

  /** Shows other tasks that the lease is in use. */
  async beat(): Promise<void> {
    await this.inTime(this.options.table().increment(this.options.key, { add: {}, set: this.attributes() }));
  }

  async read(): Promise<CounterTotals> {
    const item = (await this.inTime(this.options.table().get(this.options.key))) ?? {};
    let committed = numberIn(item, 'committed');
    let othersHold = 0;
    for (const [attribute, value] of Object.entries(item)) {
      if (!attribute.startsWith(HELD) || typeof value !== 'number' || value === 0) continue;
      const name = attribute.slice(HELD.length);
      if (name === this.name) continue;
      if (await this.endIfGone(item, name, value)) committed -= value;
      else othersHold += value;
    }
    const { task } = this.options;
    const unwrittenSpent = this.own - numberIn(item, `own#${task}`);
    this.overSeen = numberIn(item, `over#${task}`);
    const unwrittenOver = this.over - this.overSeen;
    return { committed: committed + unwrittenOver, spent: numberIn(item, 'spent') + unwrittenSpent, othersHold };
  }

  /** The end of an exchange. Adds numbers only: `takeChange` builds the increments for many exchanges. */
  settle(spent: number, unheld: number): void {
    this.own += spent;
    this.over += spent - unheld;
    this.unwrittenSpent += spent;
    this.unwrittenUnheld += unheld;
  }

  /** What has been settled since the last call, as increments that the recorder stores once. */
  takeChange(): CounterChange {
    const { task } = this.options;
    this.leaveLease();
    const spent = this.unwrittenSpent;
    const unheld = Object.values(this.unheldByLease).reduce((sum, amount) => sum + amount, 0);
    const leases = Object.entries(this.unheldByLease).map(([name, amount]) => [HELD + name, -amount]);
    const settled = { [`own#${task}`]: spent, [`over#${task}`]: spent - unheld };
    this.unwrittenSpent = 0;
    this.unheldByLease = {};
    const add = { spent, committed: spent - unheld, ...settled, ...Object.fromEntries(leases) };
    return { add, set: this.attributes() };
  }

  private leaveLease(): void {
    if (this.unwrittenUnheld !== 0)
      this.unheldByLease[this.name] = (this.unheldByLease[this.name] ?? 0) + this.unwrittenUnheld;
    this.unwrittenUnheld = 0;
  }

  private get name(): string {
    return this.epoch === 0 ? this.options.task : `${this.options.task}.${this.epoch}`;
  }

  private attributes(): Record<string, number> {
    return { [`beat#${this.name}`]: this.options.nowSeconds(), ttl: this.options.expiresAt };
  }

  /** False if the condition did not hold. */
  private async write(
    add: Readonly<Record<string, number>>,
    condition?: { readonly attribute: string; readonly atMost: number },
  ): Promise<boolean> {
    this.seq += 1;
    const sequence = `seq#${this.name}`;
    const change = { add, set: { ...this.attributes(), [sequence]: this.seq } };
    const { table, key } = this.options;
    try {
      await this.inTime(table().increment(key, change, condition));
      return true;
    } catch (error) {
      if (error instanceof ConditionFailedError) return false;
      const item = await this.inTime(table().get(key)).catch(() => undefined);
      if (item?.[sequence] === this.seq) return true;
      // It may still arrive.
      this.leaveLease();
      this.epoch += 1;
      this.options.onLost();
      throw error;
    }
  }

  private inTime<Answer>(asked: Promise<Answer>): Promise<Answer> {
    return withPatience(asked, this.options.patienceMs);
  }

  /** Ends the lease of a task that is gone, once among all tasks. */
  private async endIfGone(item: Item, name: string, held: number): Promise<boolean> {
    const isAlive = this.options.nowSeconds() - numberIn(item, `beat#${name}`) < LEASE_SECONDS;
    if (isAlive) return false;
    const { table, key } = this.options;
    const change = { add: { committed: -held, [HELD + name]: -held }, set: { ttl: this.options.expiresAt } };
    try {
      await table().increment(key, change, { attribute: HELD + name, equals: held });
      return true;
    } catch (error) {
      if (error instanceof ConditionFailedError) return false;
      throw error;
    }
  }
}

function numberIn(item: Item, attribute: string): number {
  const value = item[attribute];
  return typeof value === 'number' ? value : 0;
}
