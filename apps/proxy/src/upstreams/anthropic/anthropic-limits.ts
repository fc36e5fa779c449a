import { type HeaderLines, headerOf, type UpstreamRequest } from '@claude-proxy/upstream';
import { isLongContext, type LimitScopes } from './limit-scopes.js';
import { ALL_MODELS } from './model-class.js';

/** What a refusal says about when to come back, and for which requests. */
export interface AnthropicLimit {
  /** Undefined where the refusal names no time. */
  readonly seconds: number | undefined;
  /** A model class with or without a speed or context size, a model family, or `all`; undefined where nothing is closed. */
  readonly scope: string | undefined;
  readonly reason: string;
  /** False for spent budgets: they do not refill in minutes. */
  readonly isWorthWaiting: boolean;
  readonly isSpent?: boolean;
}

/** A refusal, as far as it is read. */
interface Answered {
  readonly headers: HeaderLines;
  readonly error: AnthropicError;
}

/** The `error` of an error body, as far as it is one. */
export interface AnthropicError {
  readonly type?: string | undefined;
  readonly message?: string | undefined;
  readonly code?: string | undefined;
}

const SPENT_SECONDS = 15 * 60;
/** The longest window Anthropic has is a week; anything beyond a month is a broken clock or header. */
const MAX_SECONDS = 31 * 24 * 60 * 60;
/** English and code have some 4 bytes a token; more is assumed only of what waits a few seconds longer. */
const BYTES_PER_TOKEN = 4;

const SPEND_CAP_CODES = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached']);
/** Beginnings, because a refusal of another kind may quote the request. */
const SPENT_WORDINGS: readonly (readonly [RegExp, string])[] = [
  [/^Your credit balance is too low\b/i, 'credit balance too low'],
  [/^You have reached your specified (?:\w+ )*usage limits?\b/i, 'own usage limit reached'],
  [/^You(?:'|\u2019)?(?: a)?re out of (?:extra usage|usage credits)\b/i, 'extra usage spent'],
];
const LONG_CONTEXT_WORDING = /^(?:Extra usage is|Usage credits are) required for (?:long|1M) context\b/i;
const REGAINED = /\bregain access on (\d{4}-\d{2}-\d{2}) at (\d{2}:\d{2}) UTC\b/;
const RESET_HEADER = /^(anthropic-(?:ratelimit|fast))-(.+)-reset$/;

/**
 * The state of an account that has no money, or has reached a cap of its own, whatever the status (400,
 * 402, 429); undefined for all other refusals. Nothing of it comes back by waiting, so only a named time is kept longer
 * than 15 minutes.
 * Source: https://platform.claude.com/docs/en/api/errors
 */
export function spentBudgetOf({ message = '', type, code }: AnthropicError, nowMs: number): AnthropicLimit | undefined {
  const reason = reasonOfSpent(message, type, code);
  if (reason === undefined) return undefined;
  const [, day, time] = REGAINED.exec(message) ?? [];
  const seconds = day ? secondsUntil(Date.parse(`${day}T${time}Z`), nowMs) : undefined;
  return {
    seconds: Math.min(MAX_SECONDS, seconds ?? SPENT_SECONDS),
    scope: ALL_MODELS,
    reason,
    isWorthWaiting: false,
    isSpent: true,
  };
}

function reasonOfSpent(message: string, type: string | undefined, code: string | undefined): string | undefined {
  if (code !== undefined && SPEND_CAP_CODES.has(code)) return code;
  const worded = SPENT_WORDINGS.find(([wording]) => wording.test(message))?.[1];
  return worded ?? (type === 'billing_error' ? (code ?? type) : undefined);
}

/** True where the account has no long contexts; such a refusal comes as 400 and as 429. */
export function isWithoutLongContext({ message = '' }: AnthropicError): boolean {
  return LONG_CONTEXT_WORDING.test(message);
}

/**
 * Reads the window from a 429: `retry-after-ms`, `retry-after` (seconds or an HTTP date), else the unified reset of a
 * subscription, else the time until the request fits into each bucket that is too empty for it.
 * Source: https://platform.claude.com/docs/en/api/rate-limits
 */
export function limitOf(
  { headers, error }: Answered,
  request: UpstreamRequest,
  scopes: LimitScopes,
  nowMs: number,
): AnthropicLimit {
  if (isWithoutLongContext(error)) return longContextLimit(request, scopes);
  const window =
    retryAfterOf(headers, nowMs) ?? unifiedResetOf(headers, nowMs) ?? exhaustedBucketOf(headers, request, nowMs);
  return {
    seconds: window && Math.min(MAX_SECONDS, window.seconds),
    scope: scopeOf(headers, request, scopes),
    reason:
      error.code ??
      headerOf(headers, 'anthropic-ratelimit-unified-representative-claim') ??
      window?.reason ??
      'no window given',
    isWorthWaiting: window !== undefined && headerOf(headers, 'x-should-retry') !== 'false',
  };
}

/** Closes long contexts alone, and nothing where the request is not known to be one. */
function longContextLimit(request: UpstreamRequest, scopes: LimitScopes): AnthropicLimit {
  const scope = isLongContext(request) ? scopes.longContextOf(request) : undefined;
  return { seconds: SPENT_SECONDS, scope, reason: 'no long contexts', isWorthWaiting: false, isSpent: true };
}

interface Window {
  readonly seconds: number;
  readonly reason: string;
}

function retryAfterOf(headers: HeaderLines, nowMs: number): Window | undefined {
  const milliseconds = numberOf(headerOf(headers, 'retry-after-ms'));
  if (milliseconds !== undefined) return { seconds: milliseconds / 1_000, reason: 'retry-after-ms' };
  const text = headerOf(headers, 'retry-after');
  const seconds = numberOf(text) ?? secondsUntil(httpDateOf(text), nowMs);
  return seconds === undefined ? undefined : { seconds, reason: 'retry-after' };
}

function unifiedResetOf(headers: HeaderLines, nowMs: number): Window | undefined {
  const epochSeconds = numberOf(headerOf(headers, 'anthropic-ratelimit-unified-reset'));
  const seconds = epochSeconds === undefined ? undefined : secondsUntil(epochSeconds * 1_000, nowMs);
  return seconds === undefined ? undefined : { seconds, reason: 'unified' };
}

/**
 * Of several buckets that are too empty the one that fills last counts: a request needs them all. A bucket fills within
 * a minute, and its `reset` is when it is full; the request fits much earlier.
 */
function exhaustedBucketOf(headers: HeaderLines, request: UpstreamRequest, nowMs: number): Window | undefined {
  let longest: Window | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const [, group, kind] = RESET_HEADER.exec(headers[index]!.toLowerCase()) ?? [];
    if (!group || !kind) continue;
    const numberIn = (name: string) => numberOf(headerOf(headers, `${group}-${kind}-${name}`));
    const needed = neededOf(kind, request);
    const remaining = numberIn('remaining');
    const untilFull = secondsUntil(Date.parse(headers[index + 1]!), nowMs);
    if (remaining === undefined || remaining >= needed || untilFull === undefined) continue;
    const seconds = Math.max(1, Math.min(untilFull, untilItFits(needed - remaining, numberIn('limit'))));
    if (seconds > (longest?.seconds ?? 0)) longest = { seconds, reason: kind };
  }
  return longest;
}

/** Where the limit is not named, only the reset bounds the wait. */
function untilItFits(missing: number, limitPerMinute: number | undefined): number {
  return limitPerMinute ? Math.ceil((missing / limitPerMinute) * 60) : Number.POSITIVE_INFINITY;
}

/** An answer's length is not known beforehand, so of output tokens one is enough. */
function neededOf(kind: string, { body }: UpstreamRequest): number {
  const isOfInput = kind === 'input-tokens' || kind === 'tokens';
  return isOfInput ? Math.max(1, Math.ceil(body.length / BYTES_PER_TOKEN)) : 1;
}

/** A subscription's claim tells what is used up: `five_hour` and `seven_day` all models, `seven_day_opus` one family. */
function scopeOf(headers: HeaderLines, request: UpstreamRequest, scopes: LimitScopes): string {
  const claim = headerOf(headers, 'anthropic-ratelimit-unified-representative-claim');
  if (claim === undefined) {
    return headerOf(headers, 'anthropic-ratelimit-unified-status') === 'rejected'
      ? ALL_MODELS
      : scopes.bucketOf(request);
  }
  const family = scopes.familyOf(request);
  return claim.endsWith(`_${family}`) ? family : ALL_MODELS;
}

/** `Date.parse` alone would take "-5" for the month of May. */
function httpDateOf(text: string | undefined): number {
  return text !== undefined && /^\s*[A-Z][a-z]+,? .*:/.test(text) ? Date.parse(text) : Number.NaN;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function secondsUntil(timeMs: number, nowMs: number): number | undefined {
  return Number.isNaN(timeMs) ? undefined : Math.max(0, Math.ceil((timeMs - nowMs) / 1_000));
}
