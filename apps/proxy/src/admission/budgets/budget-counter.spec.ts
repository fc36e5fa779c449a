import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BudgetCounter, type CounterStore, type CounterTotals } from './budget-counter.js';

/** The shared counter in memory. Calls take some turns, so that those of several tasks interleave. */
class SimulatedCounter {
  spent = 0;
  committed = 0;
  readonly leases = new Map<string, number>();
  readonly gone = new Set<string>();

  constructor(private readonly turns: () => number) {}

  storeOf(task: string): CounterStore {
    const lease = (amount: number) => {
      this.committed += amount;
      this.leases.set(task, (this.leases.get(task) ?? 0) + amount);
    };
    return {
      acquire: async (amount, ceiling) => {
        await this.pass();
        if (this.committed > ceiling - amount) return false;
        lease(amount);
        await this.pass();
        return true;
      },
      release: async (amount) => {
        await this.pass();
        lease(-amount);
      },
      read: async () => {
        await this.pass();
        return this.totalsFor(task);
      },
    };
  }

  apply(task: string, { spent, unheld }: { spent: number; unheld: number }): void {
    this.spent += spent;
    this.committed += spent - unheld;
    this.leases.set(task, (this.leases.get(task) ?? 0) - unheld);
  }

  private totalsFor(task: string): CounterTotals {
    let othersHold = 0;
    for (const [name, held] of this.leases) {
      if (name === task) continue;
      if (this.gone.has(name)) {
        this.committed -= held;
        this.leases.set(name, 0);
      } else othersHold += held;
    }
    return { spent: this.spent, committed: this.committed, othersHold };
  }

  private async pass(): Promise<void> {
    for (let turns = this.turns(); turns > 0; turns -= 1) await Promise.resolve();
  }
}

interface Play {
  readonly cap: number;
  readonly tasks: number;
  readonly isStrict: boolean;
  readonly requests: readonly { readonly task: number; readonly amount: number; readonly actual: number }[];
  readonly seeds: readonly number[];
  /** After this many answers, the first task is killed. */
  readonly killedAfter: number;
}

const plays = (isStrict: boolean): fc.Arbitrary<Play> =>
  fc.record({
    cap: fc.integer({ min: 1, max: 2_000 }),
    tasks: fc.integer({ min: 1, max: 3 }),
    isStrict: fc.constant(isStrict),
    requests: fc.array(
      fc.record({
        task: fc.nat({ max: 2 }),
        amount: fc.integer({ min: 1, max: 120 }),
        actual: fc.integer({ min: 0, max: 200 }),
      }),
      { minLength: 1, maxLength: 60 },
    ),
    seeds: fc.array(fc.nat({ max: 6 }), { minLength: 5, maxLength: 20 }),
    killedAfter: fc.nat({ max: 60 }),
  });

interface Waiting {
  mostUsed: number;
}

interface InFlight {
  readonly task: string;
  readonly granted: number;
  readonly actual: number;
}

/** Plays requests of several tasks at the same time, and checks the promises at each step. */
class Stage {
  private step = 0;
  readonly shared = new SimulatedCounter(() => this.next());
  readonly tasks: ReadonlyMap<string, BudgetCounter>;
  readonly inFlight = new Set<InFlight>();
  private readonly unwritten: { readonly task: string; readonly spent: number; readonly unheld: number }[] = [];
  private readonly killed = new Set<string>();
  private readonly waiting = new Set<Waiting>();
  private readonly returns: Promise<void>[] = [];
  private overrun = 0;
  private paid = 0;

  constructor(private readonly play: Play) {
    const options = { isStrict: play.isStrict, recall: () => this.recall(), now: () => 0 };
    const names = Array.from({ length: play.tasks }, (_, index) => `task-${index}`);
    this.tasks = new Map(names.map((name) => [name, new BudgetCounter(this.shared.storeOf(name), options)]));
  }

  async run(): Promise<void> {
    await Promise.all(this.play.requests.map((request, index) => this.request(request, index)));
    this.writeAll();
    await Promise.all(this.returns);
    for (const [name, counter] of this.tasks) {
      await counter.quiet;
      if (!this.killed.has(name)) await this.returnSpare(name, counter);
    }
    for (const name of this.killed) this.shared.gone.add(name);
    await [...this.tasks].find(([name]) => !this.killed.has(name))?.[1].refresh();
    if (this.killed.size < this.tasks.size) expect(this.shared.committed).toBe(this.shared.spent);
    if (this.killed.size === 0) expect(this.shared.spent).toBe(this.paid);
  }

  private async request({ task: index, amount, actual: wanted }: Play['requests'][number], number: number) {
    const task = `task-${index % this.play.tasks}`;
    const counter = this.tasks.get(task)!;
    for (let turns = this.next() * 3; turns > 0; turns -= 1) await Promise.resolve();
    if (this.killed.has(task)) return;
    const actual = this.play.isStrict ? Math.min(wanted, amount) : wanted;
    const waiting: Waiting = { mostUsed: 0 };
    this.waiting.add(waiting);
    const granted = await counter.reserve(amount, this.play.cap);
    this.waiting.delete(waiting);
    if (this.killed.has(task)) return;
    if (granted === undefined) return this.expectRightRefusal(waiting, amount);
    const flight = { task, granted, actual };
    this.inFlight.add(flight);
    this.expectBound();
    for (let turns = this.next() * 5; turns > 0; turns -= 1) await Promise.resolve();
    if (this.killed.has(task)) return;
    this.noteUsed();
    this.inFlight.delete(flight);
    this.paid += actual;
    this.overrun += Math.max(0, actual - granted);
    this.unwritten.push({ task, ...counter.settle(granted, actual) });
    this.expectBound();
    if (this.next() > 2) this.writeAll();
    if (number === this.play.killedAfter && this.play.tasks > 1) this.kill('task-0');
  }

  /** What its requests would have cost is not known any more, and its records of the last second are lost. */
  private kill(task: string): void {
    this.noteUsed();
    this.killed.add(task);
    for (const flight of this.inFlight) if (flight.task === task) this.inFlight.delete(flight);
    for (const [index, { task: writer, spent }] of [...this.unwritten.entries()].reverse()) {
      if (writer !== task) continue;
      this.paid -= spent;
      this.unwritten.splice(index, 1);
    }
  }

  private expectBound(): void {
    const reserved = [...this.inFlight].reduce((sum, { granted }) => sum + granted, 0);
    expect(this.paid + reserved).toBeLessThanOrEqual(this.play.cap + this.overrun);
    if (this.play.isStrict) expect(this.paid).toBeLessThanOrEqual(this.play.cap);
  }

  /**
   * A refusal is right if nothing was left at some moment since the request came. What is used decreases only where this
   * stage settles or kills, so these moments and the present one are all that count.
   */
  private expectRightRefusal({ mostUsed }: Waiting, amount: number): void {
    const left = this.play.cap - Math.max(mostUsed, this.used());
    if (this.play.isStrict) expect(left).toBeLessThan(amount);
    else expect(left).toBeLessThanOrEqual(0);
  }

  private noteUsed(): void {
    const used = this.used();
    for (const waiting of this.waiting) waiting.mostUsed = Math.max(waiting.mostUsed, used);
  }

  /** Leases of a killed task count until they end. */
  private used(): number {
    const ofTask = ([name, { reserved }]: readonly [string, BudgetCounter]) =>
      this.killed.has(name) ? (this.shared.leases.get(name) ?? 0) : reserved;
    return [...this.tasks].reduce((sum, task) => sum + ofTask(task), this.paid);
  }

  private async recall(): Promise<boolean> {
    for (const [name, counter] of this.tasks) {
      if (this.killed.has(name)) continue;
      counter.stopHoldingInAdvance(60_000);
      this.returns.push(counter.quiet.then(() => this.returnSpare(name, counter)));
    }
    // The ledger waits for more than a second, in which other tasks return their leases.
    await new Promise(setImmediate);
    this.writeAll();
    return true;
  }

  private async returnSpare(name: string, counter: BudgetCounter): Promise<void> {
    const spare = counter.takeSpare();
    if (spare > 0) await this.shared.storeOf(name).release(spare);
  }

  private writeAll(): void {
    for (const { task, ...settlement } of this.unwritten.splice(0)) this.shared.apply(task, settlement);
  }

  private next(): number {
    const { seeds } = this.play;
    this.step += 1;
    return seeds[this.step % seeds.length]!;
  }
}

describe('a budget that several tasks share', () => {
  it('K7, K8: exceeds its cap by overruns only, refuses only when it is used up, and ends with committed = spent', async () => {
    await fc.assert(
      fc.asyncProperty(plays(false), (play) => new Stage(play).run()),
      { numRuns: 300 },
    );
  });

  it('in strict mode never exceeds its cap', async () => {
    await fc.assert(
      fc.asyncProperty(plays(true), (play) => new Stage(play).run()),
      { numRuns: 200 },
    );
  });

  it('needs no call of the store while its lease lasts', async () => {
    const shared = new SimulatedCounter(() => 0);
    const counter = new BudgetCounter(shared.storeOf('a'), {
      isStrict: false,
      recall: async () => false,
      now: () => 0,
    });
    expect(await counter.reserve(10, 10_000)).toBe(10);
    await new Promise(setImmediate);
    for (let times = 0; times < 10; times += 1) expect(counter.reserve(10, 10_000)).toBe(10);
    expect(shared.leases.get('a')).toBe(110);
  });

  it('grants what is left to a request that needs more', async () => {
    const counter = new BudgetCounter(new SimulatedCounter(() => 0).storeOf('a'), {
      isStrict: false,
      recall: async () => false,
      now: () => 0,
    });
    expect(await counter.reserve(70, 100)).toBe(70);
    expect(await counter.reserve(70, 100)).toBe(30);
    expect(await counter.reserve(70, 100)).toBeUndefined();
    expect(await counter.reserve(0, 100)).toBeUndefined();
    expect(await counter.reserve(0, 101)).toBe(0);
  });
});
