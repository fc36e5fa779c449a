import type { Failure } from '@claude-proxy/upstream';

/** What is known when an upstream has failed. */
export interface Situation {
  readonly failure: Failure;
  /** The caller acts on the answer. */
  readonly isForCaller: boolean;
  /** The upstream is the first of the chain, not a fallback upstream. */
  readonly isFirstChoice: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly isWorthWaiting: boolean;
  /** Its stream broke off before the first content. */
  readonly isBrokenOff: boolean;
  /** This exchange has waited for this upstream before. */
  readonly hasWaited: boolean;
}

export interface Rules {
  readonly isEnabled: boolean;
  readonly fallbackOn: readonly Failure[];
  readonly retryThresholdSeconds: number;
  readonly maxRetryWaitSeconds: number;
}

export type Step =
  | { readonly act: 'wait'; readonly seconds: number }
  | { readonly act: 'next' }
  | { readonly act: 'give_up' };

const BROKEN_OFF_PAUSE_SECONDS = 0.25;

const NEXT: Step = { act: 'next' };
const GIVE_UP: Step = { act: 'give_up' };

/**
 * What to do after a failure, as a table:
 *
 * | failure                                  | step                                                        |
 * |------------------------------------------|-------------------------------------------------------------|
 * | aborted, or an answer meant for the caller | give up: the client has left, or acts on the answer       |
 * | rate_limited, short window, not waited yet | wait for the window, then ask the same upstream once more |
 * | of a fallback upstream whose stream broke off before its first content, not waited yet | wait for a moment, then ask it once more |
 * | of a fallback upstream, any              | next: any other answer is better than an error              |
 * | of the first choice, in `FALLBACK_ON`    | next                                                        |
 * | of the first choice, any other           | give up: a refusal (400, 401, 403, 404, 413) is the caller's |
 *
 * With fallback off no other upstream is asked.
 */
export function nextStep(situation: Situation, rules: Rules): Step {
  if (situation.failure === 'aborted' || situation.isForCaller) return GIVE_UP;
  const seconds = waitOf(situation, rules);
  if (seconds !== undefined) return { act: 'wait', seconds };
  if (!rules.isEnabled) return GIVE_UP;
  if (!situation.isFirstChoice) return NEXT;
  return rules.fallbackOn.includes(situation.failure) ? NEXT : GIVE_UP;
}

function waitOf(situation: Situation, rules: Rules): number | undefined {
  const { failure, retryAfterSeconds, isWorthWaiting, hasWaited } = situation;
  if (situation.isBrokenOff && !situation.isFirstChoice && !hasWaited) return BROKEN_OFF_PAUSE_SECONDS;
  if (failure !== 'rate_limited' || hasWaited || !isWorthWaiting || retryAfterSeconds === undefined) return undefined;
  const longest = Math.min(rules.retryThresholdSeconds, rules.maxRetryWaitSeconds);
  return longest > 0 && retryAfterSeconds <= longest ? retryAfterSeconds : undefined;
}
