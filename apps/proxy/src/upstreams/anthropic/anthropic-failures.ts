import { type ErrorType, errorBody, STATUS_BY_ERROR_TYPE } from '@claude-proxy/messages-api';
import {
  bodyOfBytes,
  type Credential,
  type Failure,
  type HeaderLines,
  type LimitWindow,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { limitOf } from './anthropic-limits.js';

const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** A refusal of the Anthropic API, read whole. */
export interface Refusal {
  readonly status: number;
  readonly headers: HeaderLines;
  /** As it came. */
  readonly body: Buffer;
  /** Decoded, for reading. */
  readonly text: string;
}

function failureOfStatus(status: number): Failure {
  if (status === 429) return 'rate_limited';
  if (status === 529 || status === 503) return 'overloaded';
  if (status === 502 || status === 504) return 'unreachable';
  return 'rejected';
}

/** The error for a refusal; carries the answer unchanged, and for a 429 the window that it closes. */
export function errorOfRefusal(refusal: Refusal, request: UpstreamRequest, credential: Credential): UpstreamError {
  const failure = failureOfStatus(refusal.status);
  const answer = { status: refusal.status, headers: refusal.headers, body: bodyOfBytes(refusal.body) };
  const message = `Anthropic answered ${refusal.status}`;
  if (failure !== 'rate_limited') return new UpstreamError({ failure, message, answer });
  const limit = limitOf(refusal.headers, refusal.text, request.model, Date.now());
  // count_tokens has limits of its own: it neither waits for nor closes anything.
  const isMessages = request.operation === 'messages';
  const window: LimitWindow = {
    scope: `${credential.fingerprint}/${limit.modelScope}`,
    seconds: limit.retryAfterSeconds,
    reason: limit.reason,
  };
  return new UpstreamError({
    failure,
    message: `${message}: ${limit.reason}`,
    retryAfterSeconds: limit.retryAfterSeconds,
    isWorthWaiting: isMessages && limit.isWorthWaiting,
    answer,
    ...(isMessages ? { limit: window } : {}),
  });
}

/** A 200 whose first event is an `error`, read whole. It names no window, so none is remembered. */
export function errorOfFirstEvent(refusal: Refusal, eventData: string): UpstreamError {
  const type = errorTypeOf(eventData);
  return new UpstreamError({
    failure: failureOfStatus(STATUS_BY_ERROR_TYPE[type] ?? 500),
    message: `Anthropic answered 200 with ${type} as its first event`,
    isWorthWaiting: false,
    answer: { status: refusal.status, headers: refusal.headers, body: bodyOfBytes(refusal.body) },
  });
}

function errorTypeOf(eventData: string): ErrorType {
  try {
    return JSON.parse(eventData).error.type;
  } catch {
    return 'api_error';
  }
}

/** The error for a connection that gave no answer, or the beginning of one. */
export function errorOfConnection(cause: unknown, hasCallerLeft: boolean, begun?: UpstreamAnswer): UpstreamError {
  if (cause instanceof UpstreamError) return cause;
  if (hasCallerLeft) return new UpstreamError({ failure: 'aborted', message: 'the caller has left', cause });
  const { code, message } = cause as NodeJS.ErrnoException;
  const failure = code && TIMEOUT_CODES.has(code) ? 'timed_out' : 'unreachable';
  const what = begun ? 'broke off before it had said anything' : 'gave no answer';
  return new UpstreamError({
    failure,
    message: `Anthropic ${what}: ${code ?? message}`,
    ...(begun ? { answer: begun } : {}),
    cause,
  });
}

export function errorOfRedirect(status: number): UpstreamError {
  return new UpstreamError({
    failure: 'unreachable',
    message: `Anthropic answered a redirect (${status}), which is never followed with a credential`,
  });
}

/** Nobody can be asked without a credential; the answer tells what to set. */
export function errorOfMissingCredential(): UpstreamError {
  const message =
    'No credential for the Anthropic API. Clients: set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN so that requests carry "x-api-key" or "authorization: Bearer". Operators: set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN on the gateway to serve everybody with one.';
  const body = JSON.stringify(errorBody('authentication_error', message));
  return new UpstreamError({
    failure: 'rejected',
    message: 'no credential for the Anthropic API',
    wasAsked: false,
    answer: { status: 401, headers: ['content-type', 'application/json'], body: bodyOfBytes(body) },
  });
}

/** Asking ourselves would go round until every socket is used up. */
export function errorOfLoop(host: string): UpstreamError {
  const message = `ANTHROPIC_UPSTREAM_URL points at this gateway itself (${host}). Set it to the Anthropic API, and ANTHROPIC_BASE_URL in clients only.`;
  const body = JSON.stringify(errorBody('api_error', message));
  const headers = ['content-type', 'application/json', 'x-should-retry', 'false'];
  return new UpstreamError({
    failure: 'rejected',
    message,
    isForCaller: true,
    wasAsked: false,
    answer: { status: 500, headers, body: bodyOfBytes(body) },
  });
}
