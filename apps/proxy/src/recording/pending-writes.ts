import type { IndependentWrite } from '@claude-proxy/storage';

type Put = Extract<IndependentWrite, { kind: 'put' }>;
type Increment = Extract<IndependentWrite, { kind: 'increment' }>;

/** Writes that are not in the store yet. Increments of one item are merged, so that their number stays bounded. */
export class PendingWrites {
  private puts: Put[] = [];
  private readonly increments = new Map<string, Increment>();

  get isEmpty(): boolean {
    return this.puts.length === 0 && this.increments.size === 0;
  }

  add(writes: readonly IndependentWrite[]): void {
    for (const write of writes) {
      if (write.kind === 'put') this.puts.push(write);
      else this.merge(write);
    }
  }

  /** All puts, and the oldest increments. */
  take(maxIncrements: number): IndependentWrite[] {
    const taken: IndependentWrite[] = this.puts;
    this.puts = [];
    let left = maxIncrements;
    for (const [item, increment] of this.increments) {
      if (left <= 0) break;
      taken.push(increment);
      this.increments.delete(item);
      left -= 1;
    }
    return taken;
  }

  private merge(write: Increment): void {
    const item = `${write.table.name} ${JSON.stringify(write.key)}`;
    const known = this.increments.get(item);
    const add = sums(known?.add ?? {}, write.add);
    this.increments.set(item, { ...write, add, set: { ...known?.set, ...write.set } });
  }
}

/** Caps an inexact sum: a store would refuse it together with the other counters of the item. */
function sums(known: Readonly<Record<string, number>>, more: Readonly<Record<string, number>>): Record<string, number> {
  const all: Record<string, number> = { ...known };
  for (const [name, amount] of Object.entries(more)) {
    all[name] = Math.min((all[name] ?? 0) + amount, Number.MAX_SAFE_INTEGER);
  }
  return all;
}
