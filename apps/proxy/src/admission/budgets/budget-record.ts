import type { BudgetCaps, BudgetRaise } from '@claude-proxy/admin-api';
import { WINDOW_KINDS, type WindowKind } from './budget-windows.js';

const NANO = 1e9;

/** A budget as the store has it. */
export interface BudgetRecord {
  readonly scope: string;
  readonly usd: BudgetCaps;
  readonly tokens: BudgetCaps;
  readonly when_over: string | null;
  readonly bedrock_only: boolean;
  /** Null, or missing in a record of an earlier version: as `BUDGET_ON_STORE_LOSS` says. */
  readonly on_store_loss?: 'open' | 'closed' | null;
  readonly raise: BudgetRaise | null;
}

/** Who spends. */
export interface Spender {
  readonly user: string;
  readonly team: string | undefined;
  readonly keyId: string | undefined;
}

export type BudgetUnit = 'usd' | 'tokens';

/** One cap of a budget: nano-dollars or tokens in a window. */
export interface BudgetCap {
  readonly scope: string;
  readonly unit: BudgetUnit;
  readonly window: WindowKind;
  readonly cap: number;
  readonly record: BudgetRecord;
}

/** `everybody`, a kind with a name, or a kind with `*` for each that has no budget of its own. */
export const SCOPE = /^(?:everybody|(?:user|team|key):[^\s#/]{1,128})$/u;

export function scopesOf({ user, team, keyId }: Spender): string[] {
  const scopes = ['everybody', `user:${user}`];
  if (team !== undefined) scopes.push(`team:${team}`);
  if (keyId !== undefined) scopes.push(`key:${keyId}`);
  return scopes;
}

/** The budget of a scope: its own, else the one of its kind. */
export function recordFor(records: ReadonlyMap<string, BudgetRecord>, scope: string): BudgetRecord | undefined {
  return records.get(scope) ?? records.get(`${scope.split(':')[0]}:*`);
}

export function capsOf(record: BudgetRecord, scope: string, nowMs: number): BudgetCap[] {
  const { raise } = record;
  const raised = raise && nowMs < raise.until ? raise.usd : 0;
  return WINDOW_KINDS.flatMap((window): BudgetCap[] => {
    const usd = record.usd[window];
    const tokens = record.tokens[window];
    return [
      ...(usd === undefined
        ? []
        : [{ scope, unit: 'usd', window, cap: Math.round((usd + raised) * NANO), record } as const]),
      ...(tokens === undefined ? [] : [{ scope, unit: 'tokens', window, cap: tokens, record } as const]),
    ];
  });
}

/** As people read it: dollars with cents, or whole tokens. */
export function amountText(unit: BudgetUnit, amount: number): string {
  return unit === 'usd' ? `$${(amount / NANO).toFixed(2)}` : `${Math.round(amount)} tokens`;
}
