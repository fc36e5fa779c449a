import type { UpstreamAnswer } from './contract.js';

/**
 * Why an upstream did not answer:
 * `rate_limited` 429; `overloaded` 529, 503; `unreachable` no connection, 502, 504; `timed_out` no answer in time;
 * `rejected` any other refusal, which is the caller's to see; `aborted` the caller left.
 */
export const FAILURES = ['rate_limited', 'overloaded', 'unreachable', 'timed_out', 'rejected', 'aborted'] as const;
export type Failure = (typeof FAILURES)[number];

/** A closed window: who must not be asked again, and until when. */
export interface LimitWindow {
  /** One of the provider's `limitScopes`. */
  readonly scope: string;
  readonly seconds: number;
  /** For people: which limit, in a few words. */
  readonly reason: string;
  /** True where money ends the limit and not time; the upstream is asked again after `seconds`. */
  readonly isSpent?: boolean;
}

export interface UpstreamErrorOptions {
  readonly failure: Failure;
  /** For people. It is logged and kept, so it quotes nothing of the request; `answer` may. */
  readonly message: string;
  readonly retryAfterSeconds?: number;
  /** False when asking the same upstream again soon is known to be useless (a spent budget). Default true. */
  readonly isWorthWaiting?: boolean;
  readonly limit?: LimitWindow;
  /** True when `answer` tells the caller what to do next, so nobody else is asked and nothing else is shown. */
  readonly isForCaller?: boolean;
  /** False where nothing was sent: `answer` is then no word of the upstream's, and there was no attempt. Default true. */
  readonly wasAsked?: boolean;
  /** True where an answer had begun and ended, or broke, before its first content. Default false. */
  readonly isBrokenOff?: boolean;
  /** The refusal as it came, to be handed to the caller verbatim if nobody else answers. */
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
  readonly isBrokenOff: boolean;
  readonly answer: UpstreamAnswer | undefined;

  constructor(options: UpstreamErrorOptions) {
    super(options.message, { cause: options.cause });
    this.failure = options.failure;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.isWorthWaiting = options.isWorthWaiting ?? true;
    this.limit = options.limit;
    this.isForCaller = options.isForCaller ?? false;
    this.wasAsked = options.wasAsked ?? true;
    this.isBrokenOff = options.isBrokenOff ?? false;
    this.answer = options.answer;
  }
}
