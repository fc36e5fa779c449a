import { Counter, Gauge, type Registry } from 'prom-client';
import type { AccountPool } from '../accounts/account-pool.js';
import type { FinishedExchange } from '../exchange/exchange.js';

/** Figures of the operator's accounts, by their names. Owners and keys are never labels. */
export class AccountMetrics {
  private readonly requests: Counter<'account' | 'outcome'>;
  private readonly cost: Counter<'account'>;
  private readonly tokens: Counter<'account' | 'kind'>;
  private readonly decisions: Counter<'act'>;

  constructor(registry: Registry, pool: AccountPool) {
    const registers = [registry];
    const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
      new Counter({ name: `claude_proxy_account_${name}`, help, labelNames, registers });
    this.requests = counter('requests_total', 'Requests that an account has answered.', ['account', 'outcome']);
    this.cost = counter('cost_usd_total', 'Cost of answers of an account whose price is known.', ['account']);
    this.tokens = counter('tokens_total', 'Tokens of an account.', ['account', 'kind']);
    this.decisions = counter('decisions_total', 'Choices of an account: kept, placed, moved, waited, refused.', [
      'act',
    ]);
    const states: Gauge<'account' | 'state'> = new Gauge({
      name: 'claude_proxy_account_state',
      help: '1 for the state of each account.',
      labelNames: ['account', 'state'],
      registers,
      collect: () => {
        states.reset();
        for (const { name, state } of pool.summaries()) states.set({ account: name, state }, 1);
      },
    });
  }

  count({ account, accountDecision, outcome, operation, usage, costNanoUsd }: FinishedExchange): void {
    if (accountDecision) this.decisions.inc({ act: accountDecision.act });
    if (account === undefined || operation !== 'messages') return;
    this.requests.inc({ account, outcome });
    if (costNanoUsd) this.cost.inc({ account }, costNanoUsd / 1e9);
    const counts = {
      input: usage?.input_tokens,
      output: usage?.output_tokens,
      cache_write: usage?.cache_creation_input_tokens,
      cache_read: usage?.cache_read_input_tokens,
    };
    for (const [kind, count] of Object.entries(counts)) if (count) this.tokens.inc({ account, kind }, count);
  }
}
