import { randomUUID } from 'node:crypto';
import { type Key, MAX_WRITES_PER_TRANSACTION, type TableDefinition, type Write } from '@claude-proxy/storage';

const MAX_EXCHANGES = 25;

/** An increment of a batch's own, which grows. */
interface Sum {
  readonly kind: 'increment';
  readonly table: TableDefinition;
  readonly key: Key;
  readonly add: Record<string, number>;
  set?: Record<string, unknown>;
}

/** One transaction in the making. Increments of the same item become one; the last value set wins. */
export class Batch {
  readonly token = randomUUID();
  private readonly byKey = new Map<string, Sum | Exclude<Write, { kind: 'increment' }>>();
  private count = 0;

  get exchanges(): number {
    return this.count;
  }

  get isFull(): boolean {
    return this.count >= MAX_EXCHANGES;
  }

  get writes(): readonly Write[] {
    return [...this.byKey.values()];
  }

  hasRoomFor(writes: readonly Write[]): boolean {
    return !this.isFull && this.byKey.size + writes.length <= MAX_WRITES_PER_TRANSACTION;
  }

  /** The writes about one exchange: all of them, or none, end up in the store. */
  add(writes: readonly Write[]): void {
    this.count += 1;
    for (const write of writes) {
      const key = keyOf(write);
      const known = this.byKey.get(key);
      if (write.kind !== 'increment') this.byKey.set(key, write);
      else if (known?.kind === 'increment') addTo(known, write);
      else this.byKey.set(key, ownCopyOf(write));
    }
  }
}

function ownCopyOf({ kind, table, key, add, set }: Extract<Write, { kind: 'increment' }>): Sum {
  return { kind, table, key, add: { ...add }, ...(set ? { set: { ...set } } : {}) };
}

/** In place: a copy per exchange of sums with dozens of members was most of what recording cost. */
function addTo(sum: Sum, { add, set }: Pick<Sum, 'add' | 'set'>): void {
  for (const name in add) sum.add[name] = (sum.add[name] ?? 0) + add[name]!;
  if (set) sum.set = Object.assign(sum.set ?? {}, set);
}

/** The length in front keeps two keys apart whatever is in them. */
function keyOf(write: Write): string {
  const { partitionKey, sortKey, name } = write.table;
  const attributes: Readonly<Record<string, unknown>> = write.kind === 'put' ? write.item : write.key;
  const partition = String(attributes[partitionKey]);
  return `${name} ${partition.length} ${partition}${sortKey ? attributes[sortKey] : ''}`;
}
