import type { MaskingCounts } from './masking.js';
import type { CacheBreakKind, PromptCacheNote } from './sessions.js';

/** Answers of `GET /api/requests` and `GET /api/requests/{id}`. Never a prompt, an answer or a credential. */

export type Outcome = 'completed' | 'refused' | 'aborted' | 'broken';

export interface RequestLine {
  /** The exchange's id, as in `x-claude-proxy-exchange`. */
  readonly id: string;
  /** Arrival of the request, epoch milliseconds. */
  readonly started_at: number;
  readonly user: string;
  readonly operation: 'messages' | 'count_tokens' | 'relay';
  /** As requested. */
  readonly model: string | null;
  /** The upstream that answered; null if none did. */
  readonly upstream: string | null;
  /** Why the first upstream did not answer. If no upstream answered: why the fallback was not available. */
  readonly fallback_reason: string | null;
  /** The answer came from an upstream other than the first. */
  readonly is_fallback: boolean;
  readonly is_drill: boolean;
  readonly is_stream: boolean;
  readonly outcome: Outcome;
  /** 0 if the caller left before the answer began. */
  readonly status: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  /** True if the answer was cut off and the output tokens were estimated from its size. */
  readonly is_output_estimated: boolean;
  /** US dollars; null if the model has no price. */
  readonly cost_usd: number | null;
  readonly first_byte_ms: number | null;
  readonly duration_ms: number;
  readonly upstream_request_id: string | null;
  /** The public id of the client key; null without one. */
  readonly client_key: string | null;
  readonly team: string | null;
  /** The account of the operator that answered, or was asked last; null for a caller's own credential. */
  readonly account: string | null;
  /** As its client names it, or Claude Code in `metadata`; null without one. */
  readonly session: string | null;
  /** Why the prompt cache was not read as expected; null if it was, or is not known. */
  readonly cache_break: CacheBreakKind | null;
}

export interface AttemptLine {
  readonly upstream: string;
  /** The account of the operator that was asked. Absent for a caller's own credential. */
  readonly account?: string;
  readonly status: number | null;
  readonly failure: string | null;
  readonly reason: string | null;
  readonly is_drill: boolean;
  /** Names of the parts of the request that were dropped for this answer. Lines of earlier versions lack the field. */
  readonly left_out?: readonly string[];
  readonly duration_ms: number;
}

/** Why a request was sent with a certain account of the operator. */
export interface DecisionLine {
  /** `kept` on the account of its session, `placed` as a new session, `moved`, `waited` for its account, `refused`. */
  readonly act: 'kept' | 'placed' | 'moved' | 'waited' | 'refused';
  readonly account: string | null;
  /** One sentence, with the price. */
  readonly sentence: string;
  /** The cached tokens of the session that a move would have lost. */
  readonly prefix_tokens: number;
  /** The expected price of a move; null if the session was not warm or its price is not known. */
  readonly move_cost_usd: number | null;
  readonly waited_seconds: number;
  readonly ready_accounts: number;
  /** The accounts that were not ready, at most 10. */
  readonly passed_over: readonly {
    readonly account: string;
    readonly state: string;
    readonly reason: string | null;
    readonly until: number | null;
  }[];
}

/** Body of `POST /api/decisions/explain`. */
export interface DecisionQuestion {
  readonly model: string;
  readonly user?: string;
  /** As a client sends it in `x-session-id`, or Claude Code in its own header. */
  readonly session?: string;
}

export interface RequestDetail extends RequestLine {
  readonly path: string;
  readonly attempts: readonly AttemptLine[];
  /** The model named in the answer, if it differs from the requested one. */
  readonly answered_model: string | null;
  readonly stop_reason: string | null;
  readonly error: string | null;
  /** A few hex digits of a hash. They distinguish credentials and reveal nothing else. */
  readonly credential_fingerprint: string | null;
  /** Null without a choice. */
  readonly decision: DecisionLine | null;
  readonly request_bytes: number;
  readonly answer_bytes: number;
  /** Time from the arrival of the request until it was sent to an upstream. */
  readonly queue_ms: number;
  /** The whole usage report of the answer, with Anthropic's field names. */
  readonly usage: Readonly<Record<string, unknown>> | null;
  /** Null if nothing was masked. */
  readonly masking: MaskingCounts | null;
  /** Null for a request without a session, or without an answer. */
  readonly prompt_cache: PromptCacheNote | null;
  /** Equal tool calls that the conversation ends with, at least `LOOP_CALLS`; null without a loop. */
  readonly repeated: { readonly tools: string; readonly times: number } | null;
}

/** What a list of requests can be sorted by. `tokens` is the sum of all kinds. */
export const REQUEST_ORDERS = ['time', 'cost', 'tokens', 'duration', 'first_byte'] as const;
export type RequestOrder = (typeof REQUEST_ORDERS)[number];

export interface RequestPage {
  /** Newest first, or in the order asked for: then the first ones of the lines that were searched. */
  readonly requests: readonly RequestLine[];
  /** Value of `cursor=` for the next page, which continues with older requests; null at the end. */
  readonly next_cursor: string | null;
  /** This page has searched the requests from here to the time of its cursor, or to now. Epoch milliseconds. */
  readonly searched_since: number;
  readonly searched_requests: number;
}
