import { type HeaderLines, headerOf, type UpstreamRequest } from '@claude-proxy/upstream';
import { isLongContext, type LimitScopes } from './limit-scopes.js';
import { ALL_MODELS } from './model-class.js';

/** The time and the scope of a limit in a refusal. */
export interface AnthropicLimit {
  /** Undefined if the refusal gives no time. */
  readonly seconds: number | undefined;
  /** A model class with or without a speed or context size, a model family, or `all`; undefined if none is closed. */
  readonly scope: string | undefined;
  readonly reason: string;
  /** False for spent budgets: they do not refill in minutes. */
  readonly isWorthWaiting: boolean;
  readonly isSpent?: boolean;
}

/** The used parts of a refusal. */
interface Answered {
  readonly headers: HeaderLines;
  readonly error: AnthropicError;
}

/** The `error` of an error body; every field can be missing. */
export interface AnthropicError {
  readonly type?: string | undefined;
  readonly message?: string | undefined;
  readonly code?: string | undefined;
}

const SPENT_SECONDS = 15 * 60;
/** Anthropic's longest window is a week. More than a month is a broken clock or header. */
const MAX_SECONDS = 31 * 24 * 60 * 60;
/** English and code have about 4 bytes per token. If a token has fewer, a wait is only a few seconds too short. */
const BYTES_PER_TOKEN = 4;

const SPEND_CAP_CODES = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached']);
/** Anchored at the start, because a refusal of another kind can quote the request. */
const SPENT_WORDINGS: readonly (readonly [RegExp, string])[] = [
  [/^Your credit balance is too low\b/i, 'credit balance too low'],
  [/^You have reached your specified (?:\w+ )*usage limits?\b/i, 'own usage limit reached'],
  [/^You(?:'|\u2019)?(?: a)?re out of (?:extra usage|usage credits)\b/i, 'extra usage spent'],
];
const LONG_CONTEXT_WORDING = /^(?:Extra usage is|Usage credits are) required for (?:long|1M) context\b/i;
const REGAINED = /\bregain access on (\d{4}-\d{2}-\d{2}) at (\d{2}:\d{2}) UTC\b/;
const RESET_HEADER = /^(anthropic-(?:ratelimit|fast))-(.+)-reset$/;

/**
 * The state of an account without credit, or above its own spend cap, for any status (400,
 * 402, 429); undefined for other refusals. Waiting does not help, so only an explicit time is kept longer
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

/** True if the account has no long contexts. The refusal has status 400 or 429. */
export function isWithoutLongContext({ message = '' }: AnthropicError): boolean {
  return LONG_CONTEXT_WORDING.test(message);
}

/**
 * Reads the window from a 429: `retry-after-ms`, `retry-after` (seconds or an HTTP date), else the unified reset of a
 * subscription, else the time until the request fits into all buckets without room for it.
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

/** Closes only long contexts, and nothing if the request is not known to have one. */
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
 * Of several buckets without room the last one to fill counts, because a request needs them all. A bucket fills within
 * a minute. Its `reset` is the time when it is full; the request fits much earlier.
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

/** Without a limit header, only the reset bounds the wait. */
function untilItFits(missing: number, limitPerMinute: number | undefined): number {
  return limitPerMinute ? Math.ceil((missing / limitPerMinute) * 60) : Number.POSITIVE_INFINITY;
}

/** The length of an answer is not known in advance, so one output token is enough. */
function neededOf(kind: string, { body }: UpstreamRequest): number {
  const isOfInput = kind === 'input-tokens' || kind === 'tokens';
  return isOfInput ? Math.max(1, Math.ceil(body.length / BYTES_PER_TOKEN)) : 1;
}

/** A subscription's claim names the window: `five_hour` and `seven_day` for all models, `seven_day_opus` for one. */
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

/** `Date.parse` alone would read "-5" as the month of May. */
function httpDateOf(text: string | undefined): number {
  return text !== undefined && /^\s*[A-Z][a-z]+,? .*:/.test(text) ? Date.parse(text) : Number.NaN;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function secondsUntil(timeMs: number, nowMs: number): number | undefined {
  return Number.isNaN(timeMs) ? undefined : Math.max(0, Math.ceil((timeMs - nowMs) / 1_000));
}
