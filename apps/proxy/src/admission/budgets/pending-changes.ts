import type { IndependentWrite, Key, TableDefinition } from '@claude-proxy/storage';
import type { CounterChange, SharedCounter } from './shared-counter.js';

interface Place {
  readonly table: TableDefinition;
  readonly key: Key;
}

interface Pending {
  readonly add: Record<string, number>;
  set: Readonly<Record<string, unknown>>;
}

/** Changes of counters that the recorder has not taken yet, added up per counter. */
export class PendingChanges {
  private readonly places = new WeakMap<SharedCounter, Place>();
  private readonly changes = new Map<SharedCounter, Pending>();
  private readonly lines = new Map<string, Place & Pending>();

  name(counter: SharedCounter, place: Place): void {
    this.places.set(counter, place);
  }

  has(counter: SharedCounter): boolean {
    return this.changes.has(counter);
  }

  add(counter: SharedCounter, change: CounterChange): void {
    const known = this.changes.get(counter) ?? { add: {}, set: {} };
    addTo(known, change);
    this.changes.set(counter, known);
  }

  /** A plain item without a lease. */
  addTo(place: Place, change: CounterChange): void {
    const id = JSON.stringify(place.key);
    const known = this.lines.get(id) ?? { ...place, add: {}, set: {} };
    addTo(known, change);
    this.lines.set(id, known);
  }

  take(): IndependentWrite[] {
    const counters = [...this.changes].map(([counter, { add, set }]): IndependentWrite => {
      const { table, key } = this.places.get(counter)!;
      return { kind: 'increment', table, key, add, set };
    });
    const lines = [...this.lines.values()].map((line): IndependentWrite => ({ kind: 'increment', ...line }));
    this.changes.clear();
    this.lines.clear();
    return [...counters, ...lines];
  }
}

function addTo(known: Pending, { add, set }: CounterChange): void {
  for (const [name, amount] of Object.entries(add)) known.add[name] = (known.add[name] ?? 0) + amount;
  known.set = { ...known.set, ...set };
}
