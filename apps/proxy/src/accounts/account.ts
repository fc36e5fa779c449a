import type { Credential } from '@claude-proxy/upstream';

export const OPERATOR_STATES = ['active', 'paused', 'draining'] as const;
/** Set by an operator: `paused` gets no requests, `draining` keeps its sessions and gets no new ones. */
type OperatorState = (typeof OPERATOR_STATES)[number];

/** One API key of the operator. */
export interface Account {
  /** Made of the key, so that all tasks use the same one. */
  readonly id: string;
  readonly name: string;
  readonly credential: Credential;
  /** A lower number is used first. */
  readonly priority: number;
  /** Share of the new sessions among accounts of the same priority. */
  readonly weight: number;
  /** Ids of the models that it serves; empty for all. */
  readonly models: readonly string[];
  readonly operatorState: OperatorState;
  readonly origin: 'environment' | 'stored';
  /** Grows with each change by an operator; missing before the first one. */
  readonly revision?: number;
}

export const DEFAULT_PRIORITY = 100;
export const DEFAULT_WEIGHT = 1;

export function accountIdOf(digest: string): string {
  return `acc_${digest.slice(0, 12)}`;
}

export function serves({ models }: Account, model: string): boolean {
  return models.length === 0 || models.includes(model);
}
