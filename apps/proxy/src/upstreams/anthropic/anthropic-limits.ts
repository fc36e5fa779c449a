import { type HeaderLines, headerOf } from '@claude-proxy/upstream';
import { ALL_MODELS, modelClassOf, modelFamilyOf } from './model-class.js';

/** What a 429 says about when to come back, and for which models. */
export interface AnthropicLimit {
  readonly retryAfterSeconds: number;
  /** A model class, a model family, or `all`. */
  readonly modelScope: string;
  readonly reason: string;
  /** False for spent budgets: they do not refill in minutes. */
  readonly isWorthWaiting: boolean;
}

const DEFAULT_SECONDS = 60;
const SPEND_CAP_SECONDS = 15 * 60;
/** The longest window Anthropic has is a week; anything beyond a month is a broken clock or header. */
const MAX_SECONDS = 31 * 24 * 60 * 60;

const SPEND_CAP_CODES = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached']);
const RESET_HEADER = /^anthropic-ratelimit-(.+)-reset$/;

/**
 * Reads the window from a 429: `retry-after-ms`, `retry-after` (seconds or an HTTP date), else the unified reset of a
 * subscription, else the reset of whichever limit is exhausted; a spend cap names none and is held for 15 minutes.
 * Source: https://platform.claude.com/docs/en/api/rate-limits
 */
export function limitOf(headers: HeaderLines, bodyText: string, model: string, nowMs: number): AnthropicLimit {
  const errorCode = errorCodeOf(bodyText);
  const modelScope = modelScopeOf(headers, model);
  if (errorCode && SPEND_CAP_CODES.has(errorCode)) {
    return { retryAfterSeconds: SPEND_CAP_SECONDS, modelScope: ALL_MODELS, reason: errorCode, isWorthWaiting: false };
  }
  const window = retryAfterOf(headers, nowMs) ?? unifiedResetOf(headers, nowMs) ?? exhaustedResetOf(headers, nowMs);
  return {
    retryAfterSeconds: Math.min(MAX_SECONDS, window?.seconds ?? DEFAULT_SECONDS),
    modelScope,
    reason:
      errorCode ??
      headerOf(headers, 'anthropic-ratelimit-unified-representative-claim') ??
      window?.reason ??
      'no window given',
    isWorthWaiting: headerOf(headers, 'x-should-retry') !== 'false',
  };
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

/** Of several exhausted limits the one that opens last counts: a request needs them all. */
function exhaustedResetOf(headers: HeaderLines, nowMs: number): Window | undefined {
  let longest: Window | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const kind = RESET_HEADER.exec(headers[index]!.toLowerCase())?.[1];
    if (!kind || numberOf(headerOf(headers, `anthropic-ratelimit-${kind}-remaining`)) !== 0) continue;
    const seconds = secondsUntil(Date.parse(headers[index + 1]!), nowMs);
    if (seconds !== undefined && seconds > (longest?.seconds ?? -1)) longest = { seconds, reason: kind };
  }
  return longest;
}

/** A subscription's claim tells what is used up: `five_hour` and `seven_day` all models, `seven_day_opus` one family. */
function modelScopeOf(headers: HeaderLines, model: string): string {
  const claim = headerOf(headers, 'anthropic-ratelimit-unified-representative-claim');
  if (claim === undefined) {
    return headerOf(headers, 'anthropic-ratelimit-unified-status') === 'rejected' ? ALL_MODELS : modelClassOf(model);
  }
  const family = modelFamilyOf(model);
  return claim.endsWith(`_${family}`) ? family : ALL_MODELS;
}

function errorCodeOf(bodyText: string): string | undefined {
  try {
    const code = JSON.parse(bodyText)?.error?.details?.error_code;
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
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
