import type { IndependentWrite } from '@claude-proxy/storage';

type Put = Extract<IndependentWrite, { kind: 'put' }>;
type Increment = Extract<IndependentWrite, { kind: 'increment' }>;

/** Writes that are not in the store yet. Increments of one item are one, so that a store may take its time for them. */
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

  /** Every put, and the increments that wait longest. */
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

/** A sum that is not exact any more is cut: a store refuses it, and what else the item counts would be lost with it. */
function sums(known: Readonly<Record<string, number>>, more: Readonly<Record<string, number>>): Record<string, number> {
  const all: Record<string, number> = { ...known };
  for (const [name, amount] of Object.entries(more)) {
    all[name] = Math.min((all[name] ?? 0) + amount, Number.MAX_SAFE_INTEGER);
  }
  return all;
}
