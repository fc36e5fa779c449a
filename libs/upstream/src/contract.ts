/**
 * The contract between the gateway and an upstream. A provider speaks Anthropic's Messages API towards the gateway,
 * with any protocol between itself and its service.
 */

import type { Readable } from 'node:stream';

export type Operation = 'messages' | 'count_tokens';

/** Header lines as `[name, value, name, value, ...]`, with the original order, case and repetition. */
export type HeaderLines = readonly string[];

/** One request of a caller, without credentials, `host`, hop-by-hop headers and the gateway's own headers. */
export interface UpstreamRequest {
  readonly operation: Operation;
  /** Path and query in the form of the Messages API: `/v1/messages?beta=true`. */
  readonly path: string;
  readonly headers: HeaderLines;
  /** The body exactly as received, including its compression. */
  readonly body: Buffer;
  /** The body without its content encoding. Missing if it has no encoding. */
  readonly decodedBody?: Buffer;
  readonly model: string;
  /** True if the body requests a stream of server-sent events. */
  readonly isStream: boolean;
  /** The `speed` in the body (`fast`); undefined for standard speed. */
  readonly speed?: string;
  /**
   * Set if the caller has not limited its answer: the `max_tokens` of an upstream that reserves its quota by that member.
   * Missing if the caller has.
   */
  readonly maxTokensToReserve?: number;
  /** The `max_tokens` in the body. */
  readonly maxTokens?: number;
  /** The name under which the caller reached the gateway (`host`). An upstream uses it to detect a loop to itself. */
  readonly host?: string;
  /** The user whose usage is counted. */
  readonly user: string;
  /** The bytes of a top-level member of the decoded body, without parsing. Missing if the body was not scanned. */
  member?(name: string): Buffer | undefined;
  /** The decoded and parsed body. Parsed at most once; do not change the result. */
  json(): Readonly<Record<string, unknown>>;
}

/** The credential for Anthropic: the caller's, or the operator's on the caller's behalf. */
export interface Credential {
  readonly header: 'x-api-key' | 'authorization';
  /** The whole header value, including `Bearer ...`. Never logged. */
  readonly value: string;
  /** The first 12 hex digits of the SHA-256 of the key. Safe to log and to store. */
  readonly fingerprint: string;
  /** The whole SHA-256 of the key in hex, for decisions that must not accept another key with the same fingerprint. */
  readonly digest: string;
  readonly source: 'client' | 'operator';
}

/** Whether a provider can serve a request without changing its meaning. `reason` is shown to the operator. */
export type Acceptance = { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

export const ACCEPTED: Acceptance = { accepted: true };

export function notAccepted(reason: string): Acceptance {
  return { accepted: false, reason };
}

/** Receives the bytes of an answer. Chunks arrive in order; exactly one call of `end` or `fail` follows them. */
export interface BodySink {
  /** Takes at least one byte. Returns false to pause until `resume()` is called on the body. */
  write(chunk: Buffer): boolean;
  end(): void;
  fail(error: Error): void;
}

/** The bytes of an answer, pushed. One socket read is one call, without a promise or a stream object per chunk. */
export interface AnswerBody {
  /** Starts the flow. Called at most once. */
  pipe(sink: BodySink): void;
  /** Called after `write` returned false. */
  resume(): void;
  /** The reader has left. Closes the upstream's connection; the sink gets no further calls. */
  destroy(): void;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** End-to-end header lines of the answer. */
  readonly headers: HeaderLines;
  readonly body: AnswerBody;
  /** The row of the price list for this answer, if it is not the upstream's name. */
  readonly billedAs?: string;
  /** Names of the parts of the request that were dropped. Callers get them in `x-claude-proxy-dropped`. */
  readonly leftOut?: readonly string[];
  /** Token counts measured outside of the body, known after its end. They fill counts that the body did not report. */
  measuredUsage?(): Record<string, unknown> | undefined;
}

export interface SendOptions {
  /** Fires when the caller has left. The upstream's connection must be closed within a second, in every state. */
  readonly signal: AbortSignal;
  readonly credential: Credential | undefined;
  /** Missing if tasks share no store. */
  readonly memory?: SharedMemory;
}

/** Findings of one upstream that all tasks share, under keys of its own. Best effort, with a time limit. */
export interface SharedMemory {
  /** Never rejects. Undefined if nothing is stored, or if the store is too slow. */
  recall(key: string): Promise<string | undefined>;
  /** Returns at once and never throws. `text` is at most some kilobytes. */
  remember(key: string, text: string, seconds: number): void;
}

/** A request outside the Messages operations, relayed unchanged: models, batches, files, skills. */
export interface RelayRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderLines;
  readonly body: Readable | undefined;
  readonly host?: string;
}

/** The state of an upstream for the operator, in the startup report and on the health page. */
export interface Readiness {
  readonly isUsable: boolean;
  /** One sentence: the target of requests, or what is missing and its effect. */
  readonly detail: string;
}

/** Status and headers of an answer. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: HeaderLines;
}

/** A service that can answer for Claude. `@Upstream('name')` registers the class. */
export interface UpstreamProvider {
  /** Decides from the request alone, fast and without I/O. */
  accepts(request: UpstreamRequest): Acceptance;
  /**
   * Resolves when status and headers of the answer are final. Before that it throws `UpstreamError`. It retries only as
   * documented. A stream that breaks, stays silent or has an `error` event before its first content also counts as a
   * failure; the gateway detects this.
   */
  send(request: UpstreamRequest, options: SendOptions): Promise<UpstreamAnswer>;
  /**
   * The windows whose limit would stop this request, narrowest first. The gateway stores 429s per window and skips the
   * upstream while one of its windows is closed.
   */
  limitScopes?(request: UpstreamRequest, credential: Credential | undefined): readonly string[];
  /**
   * The group of models that share one rate limit with this request. An upstream with this method is asked with the
   * operator's accounts, one after the other (`CredentialSource`).
   */
  limitGroup?(request: UpstreamRequest): string;
  /** Relays a request that only the Anthropic API serves. A refusal is an answer; no answer is an `UpstreamError`. */
  relay?(request: RelayRequest, options: SendOptions): Promise<UpstreamAnswer>;
  /**
   * Sends a free request with this credential and returns status and headers. Rejects without an answer. Only for an
   * upstream that checks the caller's own credential: its answers prove that the caller is known. The operator pays for
   * every other upstream, and as a fallback it serves known callers only (`FALLBACK_FOR`).
   */
  probeCredential?(credential: Credential, signal: AbortSignal): Promise<AnswerHead>;
  /** Called at startup and by the health page. May take a second, must not throw. */
  readiness?(): Promise<Readiness>;
}
