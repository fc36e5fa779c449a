import type { Verdict, VerdictCode, VerdictFacts } from '@claude-proxy/admin-api';
import { headlineOf, mendOf, noteOf } from './verdict-text.js';

/** A single failure among a handful of requests is not a trend. */
const MIN_REQUESTS = 5;
const MANY_ERRORS = 0.05;

/** What is judged, beside the facts that are shown. */
export interface Signs extends VerdictFacts {
  readonly isDraining: boolean;
  readonly hasUsableUpstream: boolean;
  readonly hasUsableFallback: boolean;
  /** The chain has a fallback upstream, and fallback is not turned off by a setting. */
  readonly isFallbackConfigured: boolean;
  /** Callers need a client key, and the gateway has no credential to send their requests with. */
  readonly lacksCredential: boolean;
}

type Judged = Omit<Verdict, 'readiness'>;

const MOODS: Readonly<Record<VerdictCode, Verdict['mood']>> = {
  draining: 'warning',
  no_upstream: 'trouble',
  accounts_out: 'trouble',
  errors: 'trouble',
  store_away: 'warning',
  no_credential: 'warning',
  drill: 'warning',
  on_fallback: 'warning',
  fallback_off: 'warning',
  no_fallback: 'warning',
  well: 'well',
  quiet: 'well',
};

/** One sentence on how the gateway is, with the figures behind it and what to do. The worst news comes first. */
export function verdictOf(signs: Signs): Judged {
  const { isDraining, hasUsableUpstream, hasUsableFallback, isFallbackConfigured, lacksCredential, ...facts } = signs;
  const code = codeOf(signs);
  const isAnswering = code === 'accounts_out' && hasUsableFallback;
  return {
    mood: isAnswering ? 'warning' : MOODS[code],
    code,
    headline: headlineOf(code, facts),
    note: noteOf(code, facts),
    mend: mendOf(code, facts),
    facts,
  };
}

function codeOf(signs: Signs): VerdictCode {
  if (signs.isDraining) return 'draining';
  if (!signs.hasUsableUpstream) return 'no_upstream';
  if (signs.accounts.total > 0 && signs.accounts.ready === 0) return 'accounts_out';
  if (isFailing(signs)) return 'errors';
  if (signs.store !== 'ok') return 'store_away';
  if (signs.lacksCredential) return 'no_credential';
  if (signs.is_drill) return 'drill';
  if (signs.fallbacks > 0) return 'on_fallback';
  if (signs.off_reason !== null) return 'fallback_off';
  if (signs.isFallbackConfigured && !signs.hasUsableFallback) return 'no_fallback';
  return signs.requests - signs.caller_errors > 0 ? 'well' : 'quiet';
}

function isFailing({ requests, caller_errors, failures }: VerdictFacts): boolean {
  const sound = requests - caller_errors;
  return sound >= MIN_REQUESTS && failures / sound >= MANY_ERRORS;
}
