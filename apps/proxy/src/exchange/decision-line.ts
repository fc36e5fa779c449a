import type { DecisionLine } from '@claude-proxy/admin-api';
import type { AccountDecision } from '@claude-proxy/upstream';

/** A pool has dozens of accounts, and a line of the request log stays small. */
const MAX_PASSED_OVER = 10;

/** A decision as the admin API and the request log have it: of the other accounts those that were not ready. */
export function decisionLineOf(decision: AccountDecision): DecisionLine {
  const { considered } = decision;
  const others = considered.filter(({ state }) => state !== 'ready');
  return {
    act: decision.act,
    account: decision.account ?? null,
    sentence: decision.sentence,
    prefix_tokens: decision.prefixTokens,
    move_cost_usd: decision.moveUsd ?? null,
    waited_seconds: decision.waitedSeconds,
    ready_accounts: considered.length - others.length,
    passed_over: others.slice(0, MAX_PASSED_OVER).map(({ account, state, reason, untilMs }) => ({
      account,
      state,
      reason: reason ?? null,
      until: untilMs ?? null,
    })),
  };
}
