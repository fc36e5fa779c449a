import type { Readiness } from './session.js';

/** Worst first: a verdict has the first code that applies. */
export const VERDICT_CODES = [
  'draining',
  'no_upstream',
  'accounts_out',
  'errors',
  'store_away',
  'no_credential',
  'drill',
  'on_fallback',
  'fallback_off',
  'no_fallback',
  'well',
  'quiet',
] as const;
export type VerdictCode = (typeof VERDICT_CODES)[number];

/** What a verdict was found from. */
export interface VerdictFacts {
  /** The minutes that the counts below are about; null while the store is away. */
  readonly minutes: number | null;
  readonly requests: number;
  /** Refused requests that only their caller can correct. */
  readonly caller_errors: number;
  /** All other requests that failed. */
  readonly failures: number;
  readonly fallbacks: number;
  /** Median time to the first byte; null without an answer. */
  readonly first_byte_ms: number | null;
  /** The first upstream of the chain. */
  readonly first_choice: string;
  /** The fallback upstream that answers most, else the next of the chain; null without one. */
  readonly fallback_upstream: string | null;
  readonly unavailable: readonly { readonly name: string; readonly detail: string }[];
  readonly limited_users: number;
  readonly is_drill: boolean;
  readonly store: string;
  readonly store_engine: 'embedded' | 'dynamodb';
  readonly accounts: { readonly total: number; readonly ready: number };
  /** When the first account is ready again, epoch milliseconds; null if time does not make one ready. */
  readonly accounts_until: number | null;
  /** Why fallback was turned off; null if it is on, or not configured. */
  readonly off_reason: string | null;
  /** Other tasks that serve requests. */
  readonly other_tasks: number;
  readonly silent_tasks: number;
}

/** Answer of `GET /api/verdict`: how the gateway is, in one sentence. */
export interface Verdict {
  /** `warning`: requests are answered, and something needs an operator. */
  readonly mood: 'well' | 'warning' | 'trouble';
  readonly code: VerdictCode;
  readonly headline: string;
  /** The figures behind the headline. */
  readonly note: string;
  /** What an operator can do; null where there is nothing to do. */
  readonly mend: string | null;
  readonly facts: VerdictFacts;
  readonly readiness: Readiness;
}
