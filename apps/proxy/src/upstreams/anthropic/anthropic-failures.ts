import { errorBody, errorTypeOfStatus } from '@claude-proxy/messages-api';
import {
  type AccountVerdict,
  bodyOfBytes,
  type Credential,
  type Failure,
  type HeaderLines,
  headersWhere,
  UpstreamError,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { type JudgedRefusal, verdictOf } from './account-verdict.js';
import { type AnthropicError, isWithoutLongContext, limitOf, spentBudgetOf } from './anthropic-limits.js';
import type { LimitScopes } from './limit-scopes.js';
import { accountHeadersIn } from './rate-windows.js';
import type { WindowlessRefusals } from './windowless-refusals.js';

/** Statuses of a proxy, or of a server for another name, never of the API. */
const OF_THE_WAY = new Set([407, 421]);
/** Statuses about the credential or the size of the request, also if a proxy sends them. */
const OF_THE_REQUEST = new Set([401, 413, 414, 431]);
/** Without `x-should-retry`, Claude Code would retry a 401 ten times. */
const FINAL_JSON = ['content-type', 'application/json', 'x-should-retry', 'false'];
const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** A complete refusal of the Anthropic API. */
export interface Refusal {
  readonly status: number;
  readonly headers: HeaderLines;
  /** The original bytes. */
  readonly body: Buffer;
  /** The decoded text. */
  readonly text: string;
}

/** A refusal whose body broke off, is too long or does not end. Its status and headers are still valid. */
export function refusalByStatus(status: number, headers: HeaderLines, cause: unknown): Refusal {
  const message = `Anthropic answered ${status}, and its explanation could not be read: ${reasonOf(cause)}.`;
  const text = JSON.stringify(errorBody(errorTypeOfStatus(status), message));
  const kept = headersWhere(headers, (name) => !name.startsWith('content-'));
  return { status, headers: [...kept, 'content-type', 'application/json'], body: Buffer.from(text), text };
}

function reasonOf(cause: unknown): string {
  const { code, name, message } = cause as NodeJS.ErrnoException;
  return name === 'TimeoutError' ? 'it did not end in time' : (code ?? message);
}

/** The inputs for the window that a refusal closes. */
export interface RefusalTerms {
  readonly credential: Credential;
  readonly scopes: LimitScopes;
  readonly windowless: WindowlessRefusals;
}

/** The error for a refusal, with the unchanged answer and the window that it closes. */
export function errorOfRefusal(
  refusal: Refusal,
  request: UpstreamRequest,
  { credential, scopes, windowless }: RefusalTerms,
): UpstreamError {
  const error = errorIn(refusal.text);
  const nowMs = Date.now();
  const answer = { status: refusal.status, headers: refusal.headers, body: bodyOfBytes(refusal.body) };
  const message = `Anthropic answered ${refusal.status}`;
  const isLimited = refusal.status === 429 || isWithoutLongContext(error ?? {});
  const limit =
    spentBudgetOf(error ?? {}, nowMs) ??
    (isLimited ? limitOf({ headers: refusal.headers, error: error ?? {} }, request, scopes, nowMs) : undefined);
  const judged = judgedBy({ ...refusal, error: error ?? {}, limit }, request, credential, nowMs);
  if (!limit) return new UpstreamError({ failure: failureOfRefusal(refusal, error), message, answer, ...judged });
  const { seconds, scope, reason, isSpent = false } = limit;
  // count_tokens has separate limits: it neither waits for a window nor closes one.
  const isMessages = request.operation === 'messages';
  const owned = isMessages && scope !== undefined ? `${credential.fingerprint}/${scope}` : undefined;
  return new UpstreamError({
    failure: 'rate_limited',
    message: `${message}: ${reason}`,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    isWorthWaiting: isMessages && limit.isWorthWaiting,
    answer,
    ...judged,
    ...(owned
      ? { limit: { scope: owned, seconds: seconds ?? windowless.secondsOf(owned, nowMs), reason, isSpent } }
      : {}),
  });
}

/** What the refusal says about an account of the operator. A client's own account is its own concern. */
function judgedBy(
  refusal: Pick<JudgedRefusal, 'status' | 'error' | 'limit'> & Pick<Refusal, 'headers'>,
  { model }: UpstreamRequest,
  { source }: Credential,
  nowMs: number,
): { readonly account?: AccountVerdict } {
  if (source !== 'operator') return {};
  const account = verdictOf({ ...refusal, ...accountHeadersIn(refusal.headers), model }, nowMs);
  return account ? { account } : {};
}

/**
 * Classifies a refusal. If the API itself did not send it, because a proxy in between failed or refused, the API was
 * unreachable.
 */
function failureOfRefusal({ status, text, body }: Refusal, error: AnthropicError | undefined): Failure {
  if (status === 529) return 'overloaded';
  if (status === 408) return 'timed_out';
  if (status === 503 && error?.type) return 'overloaded';
  if (status === 500 && error?.type) return 'rejected';
  if (status >= 500 || OF_THE_WAY.has(status)) return 'unreachable';
  const isUnreadable = body.length > 0 && text === '';
  return error || isUnreadable || OF_THE_REQUEST.has(status) ? 'rejected' : 'unreachable';
}

/** The `error` of an error body; empty for another JSON object; undefined for other content, such as a web page. */
function errorIn(text: string): AnthropicError | undefined {
  try {
    const parsed = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { type, message, details } = parsed.error ?? {};
    return { type: textOf(type), message: textOf(message), code: textOf(details?.error_code) };
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The error for a connection without an answer. */
export function errorOfConnection(cause: unknown, hasCallerLeft: boolean): UpstreamError {
  if (cause instanceof UpstreamError) return cause;
  if (hasCallerLeft) return new UpstreamError({ failure: 'aborted', message: 'the caller has left', cause });
  const { code, message } = cause as NodeJS.ErrnoException;
  const failure = code && TIMEOUT_CODES.has(code) ? 'timed_out' : 'unreachable';
  return new UpstreamError({ failure, message: `Anthropic gave no answer: ${code ?? message}`, cause });
}

/** For example, the login page of a proxy. */
export function errorOfStrangeAnswer(status: number, strangeness: string): UpstreamError {
  return new UpstreamError({ failure: 'unreachable', message: `Anthropic answered ${status} with ${strangeness}` });
}

export function errorOfRedirect(status: number): UpstreamError {
  return new UpstreamError({
    failure: 'unreachable',
    message: `Anthropic answered a redirect (${status}), which is never followed with a credential`,
  });
}

/**
 * Without a credential no request is sent. Not 401: the caller has proved its identity to the gateway, and people would
 * replace a key that is valid.
 */
export function errorOfMissingCredential(reason: string): UpstreamError {
  const message = `The Anthropic API cannot be asked: ${reason}. Your own key is not the cause.`;
  const body = JSON.stringify(errorBody('api_error', message));
  return new UpstreamError({
    failure: 'rejected',
    message: reason,
    wasAsked: false,
    isCredentialMissing: true,
    answer: { status: 503, headers: FINAL_JSON, body: bodyOfBytes(body) },
  });
}

/** Otherwise the request would loop until all sockets are used. `host` is the upstream that leads back here. */
export function errorOfLoop(host: string): UpstreamError {
  return loopDetected(
    `ANTHROPIC_UPSTREAM_URL (${host}) leads back to this gateway itself. Set it to the Anthropic API, and ANTHROPIC_BASE_URL in clients only.`,
  );
}

export function errorOfManyHops(most: number): UpstreamError {
  return loopDetected(
    `The request has passed ${most} gateways, the most that are allowed. Set ANTHROPIC_UPSTREAM_URL of the last one to the Anthropic API.`,
  );
}

/** 508: Loop Detected (RFC 5842 section 7.2). */
function loopDetected(message: string): UpstreamError {
  const body = JSON.stringify(errorBody('api_error', message));
  return new UpstreamError({
    failure: 'rejected',
    message,
    isForCaller: true,
    wasAsked: false,
    answer: { status: 508, headers: FINAL_JSON, body: bodyOfBytes(body) },
  });
}
