import { randomUUID } from 'node:crypto';
import { MAX_WRITES_PER_TRANSACTION, type Write } from '@claude-proxy/storage';

const MAX_EXCHANGES = 25;

type Increment = Extract<Write, { kind: 'increment' }>;

/** One transaction in the making. Increments of the same item become one; the last value set wins. */
export class Batch {
  readonly token = randomUUID();
  private readonly byKey = new Map<string, Write>();
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
      const isSum = known?.kind === 'increment' && write.kind === 'increment';
      this.byKey.set(key, isSum ? sumOf(known, write) : write);
    }
  }
}

function sumOf(first: Increment, second: Increment): Increment {
  const add: Record<string, number> = { ...first.add };
  for (const [name, value] of Object.entries(second.add)) add[name] = (add[name] ?? 0) + value;
  return { ...second, add, set: { ...first.set, ...second.set } };
}

function keyOf(write: Write): string {
  const { partitionKey, sortKey, name } = write.table;
  const attributes: Readonly<Record<string, unknown>> = write.kind === 'put' ? write.item : write.key;
  return JSON.stringify([name, attributes[partitionKey], sortKey && attributes[sortKey]]);
}
