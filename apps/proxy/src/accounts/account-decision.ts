import type { AccountDecision } from '@claude-proxy/upstream';
import type { Account } from './account.js';
import type { Closure } from './account-closures.js';
import type { Home } from './walk-ground.js';

/** How a walk went. */
export interface WalkFacts {
  readonly home: Home | undefined;
  readonly account: Account | undefined;
  readonly hasAnswered: boolean;
  readonly isSameWorkspace: boolean | undefined;
  readonly hasWaitedForHome: boolean;
  readonly waitedSeconds: number;
  readonly closure: Closure | undefined;
  readonly firstReason: string | undefined;
  readonly moveUsd: number | undefined;
  readonly considered: AccountDecision['considered'];
}

/** The record of a walk, with a sentence that names its price. */
export function decisionOf(facts: WalkFacts): AccountDecision {
  const { account, waitedSeconds, moveUsd, considered, home } = facts;
  const act = actOf(facts);
  return {
    act,
    account: account?.name,
    sentence: sentenceOf(act, facts),
    prefixTokens: home?.warm?.tokens ?? 0,
    moveUsd,
    waitedSeconds: Math.round(waitedSeconds * 1_000) / 1_000,
    considered,
  };
}

function actOf({ hasAnswered, isSameWorkspace, hasWaitedForHome, home }: WalkFacts): AccountDecision['act'] {
  if (!hasAnswered) return 'refused';
  if (!isSameWorkspace) return home ? 'moved' : 'placed';
  if (hasWaitedForHome) return 'waited';
  return home?.isBound ? 'kept' : 'placed';
}

function sentenceOf(act: AccountDecision['act'], facts: WalkFacts): string {
  const { account, home, waitedSeconds, closure, firstReason } = facts;
  const name = account?.name ?? 'no account';
  switch (act) {
    case 'kept':
      return `Kept on ${name}${priceOf(facts, 'a move would cost')}.`;
    case 'placed':
      return `Placed on ${name} as a new session.`;
    case 'waited':
      return `Waited ${waitedSeconds.toFixed(1)} s for ${name}${priceOf(facts, 'a move would have cost')}.`;
    case 'moved': {
      const why = closure ? `${closure.fault}: ${closure.reason}` : (firstReason ?? 'not available');
      return `Moved from ${home!.account.name} (${why}) to ${name}${priceOf(facts, 'expected cost of the move:')}.`;
    }
    case 'refused':
      return `No account answered${firstReason === undefined ? '' : `: ${firstReason}`}.`;
  }
}

function priceOf({ home, moveUsd }: WalkFacts, words: string): string {
  if (!home?.warm) return '';
  const tokens = `${Math.round(home.warm.tokens / 1_000)}k cached tokens`;
  return moveUsd === undefined ? ` (${tokens})` : ` (${tokens}; ${words} $${moveUsd.toFixed(moveUsd < 0.1 ? 4 : 2)})`;
}
