import { randomUUID } from 'node:crypto';
import type { AuditEntry, AuditPage } from '@claude-proxy/admin-api';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { withMaskedKeys } from '../exchange/masked-keys.js';
import { accessTable } from '../state/access.table.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { StoreHealth } from '../state/store-health.js';
import { actorOf } from './audit-actor.js';
import type { AdminRequest } from './browser-origin.js';

const KEEP_DAYS = 400;
const DAY_SECONDS = 24 * 60 * 60;
/** Number of months with entries that have not expired. */
const MONTHS = 15;
const TIME_DIGITS = 15;
/** The sort key of an entry: its time, then its id. */
export const AUDIT_CURSOR = /^\d{15}#[0-9a-f]{8}$/;

/** An act of an operator. */
export interface AuditAct {
  /** `subject.verb` in the past tense: `drill.started`. */
  readonly act: string;
  /** The object of the act; null if it concerns all of them. */
  readonly target?: string | null;
  readonly details?: AuditEntry['details'];
}

/** Records changes by operators: a log line and an item of the store per act. */
@Injectable()
export class AuditLog implements OnModuleDestroy {
  private readonly logger = new Logger('Audit');
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly store: TableStore,
    private readonly health: StoreHealth,
    @Inject(stateSection.token) private readonly config: StateConfig,
  ) {}

  /** Never throws and never waits: an act does not fail if it cannot be recorded. */
  record({ act, target = null, details = {} }: AuditAct, request: Pick<AdminRequest, 'raw' | 'ip'>): void {
    const entry = masked({
      id: randomUUID().slice(0, 8),
      at: Date.now(),
      act,
      actor: actorOf(request),
      address: request.ip,
      target,
      details,
    });
    this.logger.log(lineOf(entry));
    const write = this.write(entry).finally(() => this.pending.delete(write));
    this.pending.add(write);
  }

  /** @throws StorageError */
  async page(limit: number, cursor?: string): Promise<AuditPage> {
    const entries: AuditEntry[] = [];
    for (const month of monthsBefore(cursor === undefined ? Date.now() : Number(cursor.slice(0, TIME_DIGITS)))) {
      const query = { partition: partitionOf(month), descending: true, limit: limit + 1 };
      for await (const item of this.table.each(cursor === undefined ? query : { ...query, to: cursor })) {
        if (item.sort === cursor) continue;
        entries.push(entryOf(item));
        if (entries.length > limit)
          return { entries: entries.slice(0, limit), next_cursor: sortOf(entries[limit - 1]!) };
      }
    }
    return { entries, next_cursor: null };
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.pending);
  }

  /** Opened on first use, so that an installation without this table still has a working store. */
  private get table(): Table {
    return this.store.table(accessTable(this.config.accessTable));
  }

  private async write(entry: AuditEntry): Promise<void> {
    const { at } = entry;
    const ttl = Math.ceil(at / 1_000) + KEEP_DAYS * DAY_SECONDS;
    try {
      await this.table.put({ ...entry, partition: partitionOf(monthOf(at)), sort: sortOf(entry), ttl });
    } catch (error) {
      this.health.noteFailure();
      this.logger.warn(`${entry.act} could not be added to the audit list: ${String(error)}`);
    }
  }
}

function lineOf({ act, actor, address, target, details }: AuditEntry): string {
  const who = actor.name === null ? actor.kind : `${actor.kind} ${actor.name}`;
  const given = Object.entries(details).map(([name, value]) => `${name}=${value}`);
  return `${[act, target ?? 'all', ...given].join(' ')} by ${who} from ${address}`;
}

/** Targets are names that callers have chosen. */
function masked(entry: AuditEntry): AuditEntry {
  const details = Object.entries(entry.details).map(([name, value]) => [
    name,
    typeof value === 'string' ? withMaskedKeys(value) : value,
  ]);
  return {
    ...entry,
    target: entry.target === null ? null : withMaskedKeys(entry.target),
    details: Object.fromEntries(details),
  };
}

function entryOf({ id, at, act, actor, address, target, details }: Item): AuditEntry {
  return { id, at, act, actor, address, target, details } as AuditEntry;
}

function partitionOf(month: string): string {
  return `audit#${month}`;
}

function sortOf({ at, id }: Pick<AuditEntry, 'at' | 'id'>): string {
  return `${String(at).padStart(TIME_DIGITS, '0')}#${id}`;
}

function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}

/** The month of this time and earlier ones, newest first. */
function monthsBefore(timeMs: number): string[] {
  const date = new Date(timeMs);
  return Array.from({ length: MONTHS }, (_, back) =>
    monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back, 1)),
  );
}
