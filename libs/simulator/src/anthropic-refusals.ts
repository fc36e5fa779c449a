import { type ErrorType, errorTypeOfStatus, STATUS_BY_ERROR_TYPE } from '@claude-proxy/messages-api';
import type { AnswerOptions } from './answer-options.js';
import type { Behaviour, Failure } from './behaviours.js';

/** Differences from the default refusal with the same status. */
export interface RefusalOptions {
  /** Value of `retry-after`: seconds or an HTTP date. */
  readonly retryAfter?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errorType?: ErrorType;
  readonly message?: string;
  /** `error.details.error_code`. */
  readonly errorCode?: string;
  readonly latencyMs?: number;
}

/** The headers and fields that a 429 of Anthropic can carry. Without options it has `retry-after: 7`. */
export interface RateLimitOptions {
  readonly retryAfterSeconds?: number;
  /** `retry-after` as an HTTP date. */
  readonly retryAfterDate?: Date;
  /** `retry-after-ms`, which SDKs read first. */
  readonly retryAfterMs?: number;
  /** A subscription whose window is used up: `anthropic-ratelimit-unified-status: rejected` and its reset. */
  readonly unifiedResetAt?: Date;
  /** The window of the subscription. Default `five_hour`. */
  readonly representativeClaim?: string;
  /** `anthropic-ratelimit-tokens-remaining: 0`, and the time when tokens are available again. */
  readonly tokensResetAt?: Date;
  /** The monthly spend cap: an error code and no `retry-after`. */
  readonly isSpendCap?: boolean;
  /** No hint of any kind: an unexplained 429. */
  readonly isBare?: boolean;
  readonly shouldRetry?: boolean;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly latencyMs?: number;
}

const DEFAULT_RETRY_AFTER_SECONDS = 7;
const RATE_LIMIT_MESSAGE = "This request would exceed your organization's rate limit. Please try again later.";
const SPEND_CAP_MESSAGE = 'You have reached your monthly spend limit. Access returns at the start of the next month.';

const MESSAGES: Partial<Record<ErrorType, string>> = {
  authentication_error: 'invalid x-api-key',
  rate_limit_error: RATE_LIMIT_MESSAGE,
  api_error: 'Internal server error',
  overloaded_error: 'Overloaded',
};

/** A refusal in Anthropic's format. The status decides type and message unless they are given. */
export function refuse(status: number, options: RefusalOptions = {}): Behaviour {
  const errorType = options.errorType ?? errorTypeOfStatus(status);
  const retryAfter: Record<string, string> = options.retryAfter ? { 'retry-after': options.retryAfter } : {};
  const failure: Failure = {
    ...anthropicFailure(errorType, options.message),
    status,
    headers: { ...retryAfter, ...options.headers },
    ...(options.errorCode && { fields: { error_code: options.errorCode } }),
    ...(options.latencyMs && { latencyMs: options.latencyMs }),
  };
  return { kind: 'refusal', failure };
}

/** A 429 with any of the headers in which Anthropic gives the time of the next try. */
export function rateLimited(options: RateLimitOptions = {}): Behaviour {
  const { isSpendCap, message, headers, latencyMs } = options;
  return refuse(429, {
    message: message ?? (isSpendCap ? SPEND_CAP_MESSAGE : RATE_LIMIT_MESSAGE),
    headers: { ...limitHeaders(options), ...headers },
    ...(isSpendCap && { errorCode: 'enforced_spend_limit_reached' }),
    ...(latencyMs && { latencyMs }),
  });
}

/** A 529: Anthropic is overloaded. */
export function overloaded(options: RefusalOptions = {}): Behaviour {
  return refuse(529, options);
}

/** A 200 stream whose first event is an error. A request without `stream` gets a plain refusal. */
export function errorInside200(
  errorType: ErrorType,
  options: AnswerOptions & { readonly message?: string } = {},
): Behaviour {
  return errorAfter(0, errorType, options);
}

/** A stream that breaks off with an `error` event after this many events. */
export function errorAfter(
  afterEvents: number,
  errorType: ErrorType,
  { message, ...options }: AnswerOptions & { readonly message?: string } = {},
): Behaviour {
  const failure = anthropicFailure(errorType, message);
  return { kind: 'answer', options, fault: { kind: 'failure', afterEvents, failure } };
}

/** A failure in Anthropic's format, with the status of its type. */
export function anthropicFailure(errorType: ErrorType, message?: string): Failure {
  const text = message ?? MESSAGES[errorType] ?? `Simulated ${errorType}`;
  return { status: STATUS_BY_ERROR_TYPE[errorType], name: errorType, message: text };
}

function limitHeaders(options: RateLimitOptions): Record<string, string> {
  const marks = { ...retryHeaders(options), ...unifiedHeaders(options), ...tokenHeaders(options) };
  const isUnmarked = Object.keys(marks).length === 0 && !options.isSpendCap && !options.isBare;
  const shouldRetry: Record<string, string> =
    options.shouldRetry === undefined ? {} : { 'x-should-retry': String(options.shouldRetry) };
  return { ...(isUnmarked ? retryHeaders({ retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS }) : marks), ...shouldRetry };
}

function retryHeaders({ retryAfterSeconds, retryAfterDate, retryAfterMs }: RateLimitOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (retryAfterDate !== undefined) headers['retry-after'] = retryAfterDate.toUTCString();
  if (retryAfterMs !== undefined) headers['retry-after-ms'] = String(retryAfterMs);
  return headers;
}

function unifiedHeaders({
  unifiedResetAt,
  representativeClaim = 'five_hour',
}: RateLimitOptions): Record<string, string> {
  if (unifiedResetAt === undefined) return {};
  return {
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-reset': String(Math.ceil(unifiedResetAt.getTime() / 1000)),
    'anthropic-ratelimit-unified-representative-claim': representativeClaim,
  };
}

function tokenHeaders({ tokensResetAt }: RateLimitOptions): Record<string, string> {
  if (tokensResetAt === undefined) return {};
  return {
    'anthropic-ratelimit-tokens-limit': '2000000',
    'anthropic-ratelimit-tokens-remaining': '0',
    'anthropic-ratelimit-tokens-reset': tokensResetAt.toISOString(),
  };
}
