import type { AccountVerdict } from './account-news.js';
import type { UpstreamAnswer } from './contract.js';

/**
 * Why an upstream did not answer:
 * `rate_limited` 429; `overloaded` 529, 503; `unreachable` no connection, 502, 504; `timed_out` no answer in time;
 * `rejected` any other refusal, relayed to the caller; `aborted` the caller left.
 */
export const FAILURES = ['rate_limited', 'overloaded', 'unreachable', 'timed_out', 'rejected', 'aborted'] as const;
export type Failure = (typeof FAILURES)[number];

/** A closed window: no requests until its end. */
export interface LimitWindow {
  /** One of the provider's `limitScopes`. */
  readonly scope: string;
  readonly seconds: number;
  /** For operators: the limit, in a few words. */
  readonly reason: string;
  /** True if payment ends the limit and time does not. The upstream is tried again after `seconds`. */
  readonly isSpent?: boolean;
}

export interface UpstreamErrorOptions {
  readonly failure: Failure;
  /** For operators. It is logged and stored, so it must not quote the request. `answer` may. */
  readonly message: string;
  readonly retryAfterSeconds?: number;
  /** False if a retry of the same upstream is known to be useless, as after a spent budget. Default true. */
  readonly isWorthWaiting?: boolean;
  readonly limit?: LimitWindow;
  /** True if `answer` contains instructions for the caller: the client gets it, and no fallback follows. */
  readonly isForCaller?: boolean;
  /** False if nothing was sent: there was no attempt, and `answer` is not from the upstream. Default true. */
  readonly wasAsked?: boolean;
  /** True if nothing was sent because neither the caller nor the operator has a credential for this upstream. Default false. */
  readonly isCredentialMissing?: boolean;
  /** True if an answer began, and ended or broke before its first content. Default false. */
  readonly isBrokenOff?: boolean;
  /** What the refusal says about the operator's account. Missing if the request or the caller is the cause. */
  readonly account?: AccountVerdict;
  /** The original refusal. The client gets it verbatim if no other upstream answers. */
  readonly answer?: UpstreamAnswer;
  readonly cause?: unknown;
}

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly failure: Failure;
  readonly retryAfterSeconds: number | undefined;
  readonly isWorthWaiting: boolean;
  readonly limit: LimitWindow | undefined;
  readonly isForCaller: boolean;
  readonly wasAsked: boolean;
  readonly isCredentialMissing: boolean;
  readonly isBrokenOff: boolean;
  readonly account: AccountVerdict | undefined;
  readonly answer: UpstreamAnswer | undefined;

  constructor(options: UpstreamErrorOptions) {
    super(options.message, { cause: options.cause });
    this.failure = options.failure;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.isWorthWaiting = options.isWorthWaiting ?? true;
    this.limit = options.limit;
    this.isForCaller = options.isForCaller ?? false;
    this.wasAsked = options.wasAsked ?? true;
    this.isCredentialMissing = options.isCredentialMissing ?? false;
    this.isBrokenOff = options.isBrokenOff ?? false;
    this.account = options.account;
    this.answer = options.answer;
  }
}
