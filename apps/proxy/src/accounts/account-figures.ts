import { countOf } from '@claude-proxy/messages-api';
import { type IndependentWrite, type Item, type TableDefinition, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import type { ExchangeWriter, WriterBatch } from '../recording/exchange-writer.js';
import { dayOf } from '../recording/periods.js';
import { Recorder } from '../recording/recorder.js';
import { sumOf } from '../recording/sums.js';
import { accessTable } from '../state/access.table.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { AccountPool } from './account-pool.js';

const PARTITION = 'account-use';
const DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1_000;
const TTL_SECONDS = 40 * 24 * 60 * 60;
const COUNTERS = ['requests', 'input_tokens', 'output_tokens', 'cache_read', 'cache_write', 'cost_nano_usd'] as const;

type Counts = Record<(typeof COUNTERS)[number], number>;

/** What one account has served in the last 30 days. */
export interface AccountUse extends Readonly<Counts> {
  readonly lastUsedAt: number | undefined;
}

/** Counts what each account has served, per day, in all tasks. */
@Injectable()
export class AccountFigures implements ExchangeWriter, OnModuleInit {
  private readonly table: TableDefinition;

  constructor(
    private readonly recorder: Recorder,
    private readonly store: TableStore,
    private readonly pool: AccountPool,
    @Inject(stateSection.token) config: StateConfig,
  ) {
    this.table = accessTable(config.accessTable);
  }

  onModuleInit(): void {
    this.recorder.addWriter(this);
  }

  startBatch(): WriterBatch {
    return new UseBatch(this.table, (name) => this.pool.list.named(name)?.id);
  }

  /** By the id of the account. @throws StorageError */
  async byAccount(): Promise<ReadonlyMap<string, AccountUse>> {
    const from = dayOf(Date.now() - (DAYS - 1) * DAY_MS);
    const uses = new Map<string, AccountUse>();
    for await (const item of this.store.table(this.table).each({ partition: PARTITION, from })) {
      const id = String(item.sort).split('#')[1]!;
      uses.set(id, added(uses.get(id), item));
    }
    return uses;
  }
}

class UseBatch implements WriterBatch {
  private readonly bySort = new Map<string, { readonly counts: Counts; lastUsedAt: number }>();

  constructor(
    private readonly table: TableDefinition,
    private readonly idOf: (name: string) => string | undefined,
  ) {}

  add({ account, usage, costNanoUsd, startedAt, operation }: FinishedExchange): void {
    const id = account === undefined || operation !== 'messages' ? undefined : this.idOf(account);
    if (id === undefined) return;
    const sort = `${dayOf(startedAt)}#${id}`;
    const use = this.bySort.get(sort) ?? { counts: noCounts(), lastUsedAt: 0 };
    this.bySort.set(sort, use);
    use.lastUsedAt = Math.max(use.lastUsedAt, startedAt);
    const { counts } = use;
    counts.requests += 1;
    counts.input_tokens += countOf(usage?.input_tokens);
    counts.output_tokens += countOf(usage?.output_tokens);
    counts.cache_read += countOf(usage?.cache_read_input_tokens);
    counts.cache_write += countOf(usage?.cache_creation_input_tokens);
    counts.cost_nano_usd += costNanoUsd ?? 0;
  }

  writes(): readonly IndependentWrite[] {
    return [...this.bySort].map(([sort, { counts, lastUsedAt }]) => ({
      kind: 'increment',
      table: this.table,
      key: { partition: PARTITION, sort },
      add: counts,
      set: { last_used_at: lastUsedAt, ttl: Math.ceil(lastUsedAt / 1_000) + TTL_SECONDS },
    }));
  }
}

function noCounts(): Counts {
  return Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Counts;
}

function added(use: AccountUse | undefined, item: Item): AccountUse {
  const counts = COUNTERS.map((name) => [name, (use?.[name] ?? 0) + sumOf(item[name])]);
  const lastUsedAt = Math.max(use?.lastUsedAt ?? 0, sumOf(item.last_used_at));
  return { ...(Object.fromEntries(counts) as Counts), lastUsedAt: lastUsedAt || undefined };
}
