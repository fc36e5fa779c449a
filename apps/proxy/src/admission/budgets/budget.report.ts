import type { Budget, BudgetRaise, BudgetWindowState, Statement } from '@claude-proxy/admin-api';
import { Injectable } from '@nestjs/common';
import { Recorder } from '../../recording/recorder.js';
import { sumOf } from '../../recording/sums.js';
import { BEDROCK_SCOPE, BudgetLedger, type OpenCap } from './budget.ledger.js';
import { BudgetStore } from './budget.store.js';
import { type BudgetRecord, recordFor } from './budget-record.js';

const NANO = 1e9;

export interface ScopedWindow extends BudgetWindowState {
  readonly scope: string;
}

/** Budgets as the admin API shows and changes them. */
@Injectable()
export class BudgetReport {
  constructor(
    private readonly store: BudgetStore,
    private readonly ledger: BudgetLedger,
    private readonly recorder: Recorder,
  ) {}

  thisMonth(): string {
    return this.ledger.windows.at(Date.now()).month.id.slice('month#'.length);
  }

  /** @throws StorageError */
  async all(): Promise<Budget[]> {
    const records = await this.store.all();
    const bedrock = this.ledger.all.filter(({ scope }) => scope === BEDROCK_SCOPE);
    return Promise.all([...records, ...bedrock].map((record) => this.shown(record, record.scope)));
  }

  /** Budgets in force. */
  get count(): number {
    return this.ledger.all.length;
  }

  /** The windows of budgets that no single user has, at most so many. Never rejects: what cannot be read is left out. */
  async sharedWindows(limit: number): Promise<ScopedWindow[]> {
    const nowMs = Date.now();
    const records = this.ledger.all.filter(({ scope }) => !scope.startsWith('user:') && !scope.endsWith(':*'));
    const caps = records.flatMap((record) => this.ledger.capsOfScope(record, record.scope, nowMs)).slice(0, limit);
    const read = caps.map((cap) =>
      stateOf(cap).then(
        (state) => [{ ...state, scope: cap.scope }],
        () => [],
      ),
    );
    return (await Promise.all(read)).flat();
  }

  /** Of these scopes, those that have a budget, of their own or by their kind. @throws StorageError */
  async of(scopes: readonly string[]): Promise<Budget[]> {
    const records = new Map((await this.store.all()).map((record) => [record.scope, record]));
    const found = scopes.flatMap((scope) => {
      const record = recordFor(records, scope);
      return record ? [this.shown(record, scope)] : [];
    });
    return Promise.all(found);
  }

  /** A raise in force stays. @throws StorageError */
  async put(order: Omit<BudgetRecord, 'raise'>): Promise<Budget> {
    const known = await this.store.find(order.scope);
    return this.change({ ...order, raise: known?.raise ?? null });
  }

  /** Undefined if the scope has no budget of its own. @throws StorageError */
  async raise(scope: string, raise: BudgetRaise): Promise<Budget | undefined> {
    const known = await this.store.find(scope);
    return known && this.change({ ...known, raise });
  }

  /** @throws StorageError */
  async remove(scope: string): Promise<void> {
    await this.store.remove(scope);
    await this.ledger.refresh();
  }

  /** @throws StorageError */
  async statement(month: string): Promise<Statement> {
    await this.recorder.flush();
    const lines = await Array.fromAsync(this.store.statement(month), ({ sort, spent, assumed, tokens, requests }) => ({
      scope: String(sort),
      usd: sumOf(spent) / NANO,
      assumed_usd: sumOf(assumed) / NANO,
      tokens: sumOf(tokens),
      requests: sumOf(requests),
    }));
    return { month, lines };
  }

  private async change(record: BudgetRecord): Promise<Budget> {
    await this.store.put(record);
    await this.ledger.refresh();
    return this.shown(record, record.scope);
  }

  private async shown(record: BudgetRecord, scope: string): Promise<Budget> {
    await this.recorder.flush();
    const caps = scope.endsWith(':*') ? [] : this.ledger.capsOfScope(record, scope, Date.now());
    const { raise, ...rest } = record;
    const isRaised = raise !== null && Date.now() < raise.until;
    return {
      on_store_loss: null,
      ...rest,
      scope,
      raise: isRaised ? raise : null,
      windows: await Promise.all(caps.map(stateOf)),
    };
  }
}

async function stateOf({ unit, window, cap, counter, endsAt }: OpenCap): Promise<BudgetWindowState> {
  const { spent, committed } = await counter.refresh();
  const scale = unit === 'usd' ? NANO : 1;
  const reserved = Math.max(0, committed - spent);
  return { unit, window, cap: cap / scale, spent: spent / scale, reserved: reserved / scale, renews_at: endsAt };
}
