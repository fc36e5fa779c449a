import { flag, list, oneOf, someOf, text, wholeNumber } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const fallbackSection = section('fallback', 'Which upstream answers, and what is remembered about limits.', {
  isEnabled: setting('BEDROCK_FALLBACK_ENABLED', flag, 'Go on to the next upstream when one fails.', 'true'),
  isTrackingLimits: setting(
    'RATE_LIMIT_TRACKING_ENABLED',
    flag,
    'Remember a 429 and ask the next upstream at once until its window is over.',
    'true',
  ),
  rateLimitTable: setting('RATE_LIMIT_TABLE_NAME', text, 'Table of remembered limits.', 'claude-proxy-rate-limits'),
  retryThresholdSeconds: setting(
    'RETRY_THRESHOLD_SECONDS',
    wholeNumber(0, 3_600),
    'A 429 whose `retry-after` is at most this is waited for, once, before anybody else is asked (a warm prompt cache is worth seconds). 0: never.',
    '30',
  ),
  maxRetryWaitSeconds: setting(
    'MAX_RETRY_WAIT_SECONDS',
    wholeNumber(0, 3_600),
    'The longest such wait: a window that is longer is not waited for. 0: never.',
    '10',
  ),
  fallbackOn: setting(
    'FALLBACK_ON',
    someOf('rate_limited', 'overloaded', 'unreachable', 'timed_out'),
    'The failures after which the next upstream is asked: 429; 529 and 503; no connection, 502 and 504; no answer in time.',
    'rate_limited,overloaded,unreachable',
  ),
  chain: setting(
    'FALLBACK_CHAIN',
    list,
    'Upstreams by name, in the order in which they are asked.',
    'anthropic,bedrock',
  ),
  fallbackFor: setting(
    'FALLBACK_FOR',
    oneOf('known', 'anyone'),
    "Callers that upstreams paid by the operator (Bedrock) serve as a fallback. `known`: the credential is the operator's, or Anthropic has accepted it in the last 7 days; a new one is checked first. `anyone`: any credential, also an invented one.",
    'known',
  ),
  maxFallbackConcurrency: setting(
    'MAX_FALLBACK_EXCHANGES',
    wholeNumber(1, 100_000),
    'The most requests that one fallback upstream answers at once; beyond it the client gets a 429 that asks it to come back in a few seconds.',
    '500',
  ),
  maxStreamSilenceSeconds: setting(
    'MAX_STREAM_SILENCE_SECONDS',
    wholeNumber(1, 3_600),
    'A stream that brings no byte for so long, pings of the upstream included, is given up: before its first content the next upstream is asked, after it an `error` event ends the answer. Claude Code would give up after 300 s, if the pings of the gateway did not keep it waiting.',
    '300',
  ),
  upstreamModules: setting(
    'UPSTREAM_MODULES',
    list,
    'Packages or file paths of further upstreams; each exports a Nest module as its default.',
    '',
  ),
  isForcedLimit: setting(
    'FORCE_RATE_LIMIT',
    flag,
    'Drill: the first upstream is not asked, a 429 with 60 s is simulated instead.',
    'false',
  ),
});

export type FallbackConfig = ConfigOf<typeof fallbackSection>;
