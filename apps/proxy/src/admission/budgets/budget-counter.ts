import { Calculation } from './calculation.js';

/**
 * A counter as the store has it, with the settlements of this task that are not written yet. `committed` is always `spent`
 * plus the leases of all tasks.
 */
export interface CounterTotals {
  readonly committed: number;
  readonly spent: number;
  /** Leases of other tasks: their requests in flight, and what they hold in advance. */
  readonly othersHold: number;
}

/** The shared state of one counter. Each call has its effect once, also if its confirmation was lost. */
export interface CounterStore {
  /** Adds to the lease of this task if `committed` stays within the ceiling. @throws if the store is unreachable */
  acquire(amount: number, ceiling: number): Promise<boolean>;
  /** @throws if the store is unreachable */
  release(amount: number): Promise<void>;
  /** Also ends leases of tasks that are gone. @throws if the store is unreachable */
  read(): Promise<CounterTotals>;
}

export interface CounterOptions {
  /** Reserve the whole amount or refuse; else what is left of the cap is enough. */
  readonly isStrict: boolean;
  /** Asks other tasks to return what they hold in advance. False if that was done lately. */
  recall(): Promise<boolean>;
  /** Monotonic milliseconds. */
  now(): number;
}

/** What an exchange changes in the shared counter. */
export interface Settlement {
  readonly spent: number;
  /** By how much the lease of this task shrinks. */
  readonly unheld: number;
}

interface Waiting {
  readonly amount: number;
  readonly cap: number;
  readonly resolve: (granted: number | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Below this share of a cap, tasks hold leases in advance, so that most requests need no call of the store. */
const LEASE_BELOW = 0.8;
const LEASE_SHARE = 0.01;

/**
 * The part of one task in a counter with a cap: a lease in the store, and the reservations of requests in flight that
 * draw on it. All tasks together never reserve more than the cap, so what is spent exceeds it at most by what requests
 * cost more than their reservations.
 */
export class BudgetCounter {
  private held = 0;
  private inFlight = 0;
  private readonly queue: Waiting[] = [];
  private isPumping = false;
  /** The spare lease is a part of a running calculation until this promise resolves. */
  private calculation = Calculation.ended();
  private holdsInAdvanceFromMs = Number.NEGATIVE_INFINITY;
  private idleSinceMs: number;
  /** Last known, with what this task has settled since. */
  private spentKnown = 0;
  private committedKnown = 0;

  constructor(
    private readonly store: CounterStore,
    private readonly options: CounterOptions,
  ) {
    this.idleSinceMs = options.now();
  }

  /** In this task and, as far as it is known, in others. */
  get spent(): number {
    return this.spentKnown;
  }

  get isIdle(): boolean {
    return this.inFlight === 0 && this.queue.length === 0 && !this.isPumping;
  }

  get holds(): number {
    return this.held;
  }

  get reserved(): number {
    return this.inFlight;
  }

  /**
   * The amount that is reserved; undefined if the cap is reached. Without a promise while the lease lasts. An amount of 0
   * asks whether anything is left.
   *
   * @throws if the store is unreachable
   */
  reserve(amount: number, cap: number): number | Promise<number | undefined> {
    const isWaiting = this.isPumping || this.queue.length > 0;
    if (!isWaiting && amount > 0 && this.spare >= amount && this.spentKnown < cap) return this.grant(amount);
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    this.queue.push({ amount, cap, resolve, reject });
    void this.pump();
    return promise;
  }

  /** A reservation without the store, which was unreachable. */
  reserveUnbacked(): number {
    return this.grant(0);
  }

  /** Returns a reservation of a request that was not sent. */
  cancel(granted: number): void {
    this.inFlight -= granted;
  }

  /** Ends a reservation. The result is to be added to the shared counter. */
  settle(granted: number, actual: number): Settlement {
    this.inFlight -= granted;
    this.idleSinceMs = this.options.now();
    this.spentKnown += actual;
    const fromLease = Math.min(actual, this.spare);
    this.held -= fromLease;
    return { spent: actual, unheld: fromLease };
  }

  /** Resolves when the spare lease can be taken. Until then `takeSpare` returns 0. */
  get quiet(): Promise<void> {
    return this.calculation.promise;
  }

  /** The lease beyond the reservations, which has to be returned: of an idle counter, or because others need it. */
  takeSpare(): number {
    const spare = this.calculation.isOver ? this.spare : 0;
    this.held -= spare;
    return spare;
  }

  get idleMs(): number {
    return this.isIdle ? this.options.now() - this.idleSinceMs : 0;
  }

  /** Others near the cap need the rest: nothing is held in advance for a while. */
  stopHoldingInAdvance(milliseconds: number): void {
    this.holdsInAdvanceFromMs = this.options.now() + milliseconds;
  }

  /** The lease in the store was lost or ended by another task. Reservations go on without it. */
  forgetLease(): void {
    this.held = 0;
  }

  /** Figures for refusals, warnings and pages. */
  async refresh(): Promise<CounterTotals> {
    const totals = await this.store.read();
    this.note(totals);
    return totals;
  }

  private get spare(): number {
    return Math.max(0, this.held - Math.max(0, this.inFlight));
  }

  private grant(amount: number): number {
    this.inFlight += amount;
    return amount;
  }

  private note({ spent, committed }: CounterTotals): void {
    this.spentKnown = spent;
    this.committedKnown = committed;
  }

  /** One call of the store at a time, for all requests that wait. */
  private async pump(): Promise<void> {
    if (this.isPumping) return;
    this.isPumping = true;
    this.calculation = new Calculation();
    while (this.queue.length > 0) {
      const waiting = this.queue.splice(0);
      try {
        await this.serve(waiting);
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
    this.isPumping = false;
    this.calculation.end();
  }

  private async serve(waiting: readonly Waiting[]): Promise<void> {
    const cap = Math.min(...waiting.map((one) => one.cap));
    const needed = waiting.reduce((sum, { amount }) => sum + amount, 0) - this.spare;
    const isAsking = waiting.some(({ amount }) => amount === 0);
    if (!isAsking && (await this.acquireTogether(needed, cap))) {
      for (const { amount, resolve } of waiting) resolve(this.grant(amount));
      return;
    }
    let reachedCap = 0;
    for (const one of waiting) {
      // They came together: what one of them was refused, the others need not ask again.
      const granted = !this.options.isStrict && one.cap <= reachedCap ? undefined : await this.serveOne(one);
      if (granted === undefined) reachedCap = Math.max(reachedCap, one.cap);
      one.resolve(granted);
    }
  }

  private async acquireTogether(needed: number, cap: number): Promise<boolean> {
    if (needed <= 0) return true;
    const share = Math.ceil(cap * LEASE_SHARE);
    const ceiling = Math.floor(cap * LEASE_BELOW);
    if (this.options.now() >= this.holdsInAdvanceFromMs && this.committedKnown + needed + share <= ceiling) {
      if (await this.acquire(needed + share, ceiling)) return true;
      this.committedKnown = ceiling;
    }
    return this.acquire(needed, cap);
  }

  /** Near the cap: each request by itself, with what is left, and after others have returned what they do not need. */
  private async serveOne({ amount, cap }: Waiting): Promise<number | undefined> {
    for (let hasRecalled = false; ; ) {
      const { committed, othersHold } = await this.refresh();
      const wanted = this.grantable(amount, cap - committed + this.spare);
      if (wanted === undefined) {
        if (hasRecalled || othersHold === 0 || !(await this.recall())) return undefined;
        hasRecalled = true;
      } else if (wanted <= this.spare || (await this.acquire(wanted - this.spare, cap))) return this.grant(wanted);
    }
  }

  /** Another task may recall at the same time, so the spare lease of this one can be taken meanwhile. */
  private async recall(): Promise<boolean> {
    this.calculation.end();
    try {
      return await this.options.recall();
    } finally {
      this.calculation = new Calculation();
    }
  }

  private grantable(amount: number, room: number): number | undefined {
    if (room <= 0 || (this.options.isStrict && amount > room)) return undefined;
    return Math.min(amount, room);
  }

  private async acquire(amount: number, ceiling: number): Promise<boolean> {
    if (!(await this.store.acquire(amount, ceiling))) return false;
    this.held += amount;
    this.committedKnown += amount;
    return true;
  }
}
