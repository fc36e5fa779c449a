/** Answers of `GET /api/requests` and `GET /api/requests/{id}`. Never a prompt, an answer or a credential. */

export type Outcome = 'completed' | 'refused' | 'aborted' | 'broken';

export interface RequestLine {
  /** The exchange's id, as in `x-claude-proxy-exchange`. */
  readonly id: string;
  /** When the request came in, epoch milliseconds. */
  readonly started_at: number;
  readonly user: string;
  readonly operation: 'messages' | 'count_tokens' | 'relay';
  /** As it was asked for. */
  readonly model: string | null;
  /** Who gave the answer; null where nobody did. */
  readonly upstream: string | null;
  /** Why the first upstream did not answer, also where nobody else did: then why the others could not stand in. */
  readonly fallback_reason: string | null;
  /** Another upstream than the first gave the answer. */
  readonly is_fallback: boolean;
  readonly is_drill: boolean;
  readonly is_stream: boolean;
  readonly outcome: Outcome;
  /** 0 where the caller left before there was one. */
  readonly status: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  /** True where the answer was cut and the output was counted by its size. */
  readonly is_output_estimated: boolean;
  /** US dollars; null where the price is not known. */
  readonly cost_usd: number | null;
  readonly first_byte_ms: number | null;
  readonly duration_ms: number;
}

export interface AttemptLine {
  readonly upstream: string;
  readonly status: number | null;
  readonly failure: string | null;
  readonly reason: string | null;
  readonly is_drill: boolean;
  /** Parts of the request that the answer does without, by name. Lines of earlier versions do not have it. */
  readonly left_out?: readonly string[];
  readonly duration_ms: number;
}

export interface RequestDetail extends RequestLine {
  readonly path: string;
  readonly attempts: readonly AttemptLine[];
  /** The model named in the answer, where it is another than the one asked for. */
  readonly answered_model: string | null;
  readonly stop_reason: string | null;
  readonly error: string | null;
  readonly upstream_request_id: string | null;
  /** A few hex digits of a hash: tells credentials apart, and nothing else. */
  readonly credential_fingerprint: string | null;
  readonly request_bytes: number;
  readonly answer_bytes: number;
  /** Time from the request's arrival until somebody was asked. */
  readonly queue_ms: number;
  /** Everything the answer said about its usage, in Anthropic's words. */
  readonly usage: Readonly<Record<string, unknown>> | null;
}

export interface RequestPage {
  /** Newest first. */
  readonly requests: readonly RequestLine[];
  /** Ask for the next page with `cursor=`; null at the end. */
  readonly next_cursor: string | null;
}
