import { ConditionFailedError, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { accessTable } from '../state/access.table.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { StoreHealth } from '../state/store-health.js';

/** The API forgets a batch and its results before that. Files and skills stay until they are deleted. */
const BATCH_KEPT_SECONDS = 90 * 24 * 60 * 60;
/** Made in this process: they are read right after they were made, and known while the store is away. */
const MAX_RECENT = 10_000;

interface ObjectMaker {
  readonly user: string | undefined;
  /** The account of the operator whose workspace the object belongs to. */
  readonly account: string | undefined;
}

/** Which user has made a batch, a file or a skill with the operator's key. */
@Injectable()
export class ObjectMakers {
  private readonly logger = new Logger(ObjectMakers.name);
  private readonly recent = new Map<string, ObjectMaker>();

  constructor(
    private readonly store: TableStore,
    private readonly health: StoreHealth,
    @Inject(stateSection.token) private readonly config: StateConfig,
  ) {}

  /** Never throws: the object exists by now. */
  async add(kind: string, id: string, user: string, account: string | undefined): Promise<void> {
    this.remember(id, { user, account });
    const ttl = kind === 'messages/batches' ? { ttl: expiryOfBatch() } : {};
    try {
      await Promise.all([
        this.table.put({ partition: partitionOf(id), sort: 'maker', user, kind, account, ...ttl }),
        this.table.put({ partition: `maker#${user}`, sort: `${kind}#${id}`, ...ttl }),
      ]);
    } catch (error) {
      this.health.noteFailure();
      this.logger.warn(`the maker of ${id} could not be written: ${String(error)}`);
    }
  }

  /** Undefined for an object that was not made here. @throws StorageError */
  async makerOf(id: string): Promise<string | undefined> {
    return (await this.find(id)).user;
  }

  /** Undefined for an object that was not made here, or before there were accounts. @throws StorageError */
  async accountOf(id: string): Promise<string | undefined> {
    return (await this.find(id)).account;
  }

  /** @throws StorageError */
  async idsOf(kind: string, user: string): Promise<ReadonlySet<string>> {
    const prefix = `${kind}#`;
    const ids = new Set([...this.recent].filter(([, maker]) => maker.user === user).map(([id]) => id));
    for await (const { sort } of this.table.each({ partition: `maker#${user}`, prefix })) {
      ids.add(String(sort).slice(prefix.length));
    }
    return ids;
  }

  /** Never throws: an object that is gone is in no list. */
  async remove(kind: string, id: string, user: string): Promise<void> {
    this.recent.delete(id);
    const keys = [
      { partition: partitionOf(id), sort: 'maker' },
      { partition: `maker#${user}`, sort: `${kind}#${id}` },
    ];
    await Promise.all(keys.map((key) => this.table.delete(key))).catch(() => {});
  }

  /** True for the first caller about a batch, in any task, and false for all later ones. @throws StorageError */
  async claimResults(id: string): Promise<boolean> {
    try {
      const item = { partition: partitionOf(id), sort: 'counted', ttl: expiryOfBatch() };
      await this.table.put(item, { absent: true });
      return true;
    } catch (error) {
      if (error instanceof ConditionFailedError) return false;
      throw error;
    }
  }

  private get table(): Table {
    return this.store.table(accessTable(this.config.accessTable));
  }

  private async find(id: string): Promise<ObjectMaker> {
    const known = this.recent.get(id);
    if (known !== undefined) return known;
    const item = await this.table.get({ partition: partitionOf(id), sort: 'maker' });
    const maker = { user: textOf(item?.user), account: textOf(item?.account) };
    // Who made an object never changes, and a request with files is looked up more than once.
    if (maker.user !== undefined) this.remember(id, maker);
    return maker;
  }

  private remember(id: string, maker: ObjectMaker): void {
    this.recent.set(id, maker);
    if (this.recent.size > MAX_RECENT) this.recent.delete(this.recent.keys().next().value!);
  }
}

function partitionOf(id: string): string {
  return `made#${id}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function expiryOfBatch(): number {
  return Math.ceil(Date.now() / 1_000) + BATCH_KEPT_SECONDS;
}
