import { setTimeout as sleep } from 'node:timers/promises';

export interface KeyCacheOptions {
  /** How long a found value is used before it is read again. */
  readonly foundMs: number;
  /** How long a missing value is not read again. */
  readonly missingMs: number;
  /** How much longer a found value is used while the store is unreachable. */
  readonly outageMs: number;
  /** The longest wait for the store. */
  readonly patienceMs: number;
  readonly maxEntries: number;
  now(): number;
}

interface Entry<Value> {
  readonly value: Value | undefined;
  /** Of the cache, when the read began. A change during the read makes the result stale. */
  readonly generation: number;
  readonly readAtMs: number;
}

/** A value from the cache, or that it is missing. */
export interface Cached<Value> {
  readonly value: Value | undefined;
}

/** The store does not answer, and the cache has nothing that may still be used. */
export class CacheOutageError extends Error {
  override readonly name = 'CacheOutageError';
}

/** Values of the store by id: each is read once at a time, and found values outlive an outage of the store. */
export class KeyCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private readonly running = new Map<string, { readonly generation: number; readonly read: Promise<Entry<Value>> }>();
  private generation = 0;
  /** After a failed read, known values are used without another attempt. */
  private failedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly read: (id: string) => Promise<Value | undefined>,
    private readonly options: KeyCacheOptions,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** Undefined if the value has to be read. */
  peek(id: string): Cached<Value> | undefined {
    const entry = this.entries.get(id);
    if (!entry) return undefined;
    const ageMs = this.options.now() - entry.readAtMs;
    const isFresh =
      entry.value === undefined
        ? ageMs < this.options.missingMs
        : entry.generation === this.generation && ageMs < this.options.foundMs;
    return isFresh ? entry : undefined;
  }

  /** True if the value was found before, also if it has to be read again. */
  hasFound(id: string): boolean {
    return this.entries.get(id)?.value !== undefined;
  }

  /** @throws CacheOutageError */
  async load(id: string): Promise<Cached<Value>> {
    const { now, patienceMs } = this.options;
    const known = this.entries.get(id);
    const isUsable =
      known?.value !== undefined && now() - known.readAtMs < this.options.foundMs + this.options.outageMs;
    if (isUsable && now() - this.failedAtMs < patienceMs) return known;
    const entry = await Promise.race([
      this.readOnce(id).catch(() => undefined),
      sleep(patienceMs, undefined, { ref: false }),
    ]);
    if (entry) return entry;
    this.failedAtMs = now();
    if (isUsable) return known;
    throw new CacheOutageError('the store does not answer');
  }

  /** Found values are read again before their next use. */
  expire(): void {
    this.generation += 1;
  }

  /** For a change by this task, which has to be visible at once. */
  forget(id: string): void {
    this.expire();
    this.entries.delete(id);
  }

  /** A read that began before the last change may return the value before the change, so it is not shared. */
  private readOnce(id: string): Promise<Entry<Value>> {
    const { generation } = this;
    const running = this.running.get(id);
    if (running?.generation === generation) return running.read;
    const read = this.read(id)
      .then((value) => this.keep(id, { value, generation, readAtMs: this.options.now() }))
      .finally(() => this.running.get(id)?.read === read && this.running.delete(id));
    this.running.set(id, { generation, read });
    return read;
  }

  private keep(id: string, entry: Entry<Value>): Entry<Value> {
    const known = this.entries.get(id);
    if (known && known.generation > entry.generation) return entry;
    this.entries.delete(id);
    this.entries.set(id, entry);
    if (this.entries.size > this.options.maxEntries) this.entries.delete(this.entries.keys().next().value!);
    return entry;
  }
}
