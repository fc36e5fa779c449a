export const WINDOW_KINDS = ['requests', 'input_tokens', 'output_tokens', 'tokens'] as const;
export type WindowKind = (typeof WINDOW_KINDS)[number];

/** One token bucket of a group of models, as an answer reported it. */
export interface RateWindow {
  readonly kind: WindowKind;
  /** Per minute. The bucket fills continuously. */
  readonly limit: number;
  readonly remaining: number;
}

/**
 * Why an account cannot serve a request, although the request is valid:
 * `cooling` a rate limit; `slowed` a burst limit of seconds; `overloaded` the model has no capacity, for any account;
 * `capped` a spend limit; `unpaid` no credit; `refused` the key or its organization; `not_entitled` one model.
 */
export type AccountFault = 'cooling' | 'slowed' | 'overloaded' | 'capped' | 'unpaid' | 'refused' | 'not_entitled';

/** What a refusal says about the account of its credential. */
export interface AccountVerdict {
  readonly fault: AccountFault;
  /** What the fault closes: one key, one workspace, or all keys of the organization. */
  readonly reach: 'key' | 'workspace' | 'organization';
  /** True if the fault closes one group of models, false if it closes all of them. */
  readonly isOfGroup: boolean;
  /** For operators, without text of the request. */
  readonly reason: string;
  /** Missing if the refusal names no time. */
  readonly seconds?: number;
}

/** What an upstream has learned about an account from one answer. */
export interface AccountNews {
  readonly organization?: string;
  readonly workspace?: string;
  /** The group of models that share one rate limit; missing for an answer outside of the Messages operations. */
  readonly group?: string;
  readonly model?: string;
  readonly windows: readonly RateWindow[];
  readonly verdict?: AccountVerdict;
}

/** One account as a request met it. */
export interface ConsideredAccount {
  readonly account: string;
  /** `ready`, `full`, `paused`, `draining`, `asked`, or an `AccountFault`. */
  readonly state: string;
  readonly reason?: string;
  /** Epoch milliseconds. */
  readonly untilMs?: number;
}

/** Why a request was sent with a certain account. */
export interface AccountDecision {
  /** `kept` on the account of its session, `placed` as a new session, `moved`, `waited` for its account, `refused`. */
  readonly act: 'kept' | 'placed' | 'moved' | 'waited' | 'refused';
  /** The account that answered or was asked last. */
  readonly account: string | undefined;
  /** One sentence for operators. */
  readonly sentence: string;
  /** The cached tokens of the session that a move would have lost. */
  readonly prefixTokens: number;
  /** The expected price of a move, in US dollars; undefined if the session is not warm or the price is not known. */
  readonly moveUsd: number | undefined;
  readonly waitedSeconds: number;
  readonly considered: readonly ConsideredAccount[];
}
