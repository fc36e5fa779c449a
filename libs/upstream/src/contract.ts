/**
 * The contract between the gateway and whoever answers for it. A provider speaks Anthropic's dialect towards the
 * gateway, whatever it speaks on its own far side.
 */

import type { Readable } from 'node:stream';

export type Operation = 'messages' | 'count_tokens';

/** Header lines as `[name, value, name, value, ...]`: order, case and repetition as they came. */
export type HeaderLines = readonly string[];

/** One request of a caller. Credentials, `host`, hop-by-hop headers and the gateway's own headers are not in it. */
export interface UpstreamRequest {
  readonly operation: Operation;
  /** Path and query as the Messages API knows them: `/v1/messages?beta=true`. */
  readonly path: string;
  readonly headers: HeaderLines;
  /** The body exactly as it was received, compressed if it came compressed. */
  readonly body: Buffer;
  /** The body without its content encoding. Left out where it has none. */
  readonly decodedBody?: Buffer;
  readonly model: string;
  /** True when the body asks for a stream of server-sent events. */
  readonly isStream: boolean;
  /** The `speed` that the body names (`fast`); undefined is the standard one. */
  readonly speed?: string;
  /** The name under which the caller reached the gateway (`host`), so that an upstream can tell that it is itself. */
  readonly host?: string;
  /** Whom the usage is counted for. */
  readonly user: string;
  /** The decoded and parsed body. Parsed at most once; a caller must not change it. */
  json(): Readonly<Record<string, unknown>>;
}

/** What the caller, or the operator on the caller's behalf, presents to Anthropic. */
export interface Credential {
  readonly header: 'x-api-key' | 'authorization';
  /** The whole header value (`Bearer ...` included). Never logged. */
  readonly value: string;
  /** The first 12 hex digits of the SHA-256 of the key: safe to log and to store. */
  readonly fingerprint: string;
  /** The whole SHA-256 of the key in hex, for decisions that a second key with the same fingerprint must not pass. */
  readonly digest: string;
  readonly source: 'client' | 'operator';
}

/** Whether a provider can serve a request without changing what it means; `reason` is shown to the operator. */
export type Acceptance = { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

export const ACCEPTED: Acceptance = { accepted: true };

export function notAccepted(reason: string): Acceptance {
  return { accepted: false, reason };
}

/** Where the bytes of an answer go. Chunks arrive in order; exactly one of `end` and `fail` comes last. */
export interface BodySink {
  /** Takes at least one byte. Returns false when it wants no more until `resume()` is called on the body. */
  write(chunk: Buffer): boolean;
  end(): void;
  fail(error: Error): void;
}

/** The bytes of an answer, pushed. One socket read costs one call: no promise and no stream object per chunk. */
export interface AnswerBody {
  /** Starts the flow. Called at most once. */
  pipe(sink: BodySink): void;
  /** Called after `write` returned false. */
  resume(): void;
  /** The reader has left: stops the far side. The sink hears nothing more. */
  destroy(): void;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** End-to-end header lines of the answer. */
  readonly headers: HeaderLines;
  readonly body: AnswerBody;
  /** The row of the price list that this answer is billed by, where it is not the upstream's name. */
  readonly billedAs?: string;
  /** Parts of the request that this answer does without, by name. Callers see them in `x-claude-proxy-dropped`. */
  readonly leftOut?: readonly string[];
  /** Token counts measured beside the body, known once the body has ended. They fill what the body did not say. */
  measuredUsage?(): Record<string, unknown> | undefined;
}

export interface SendOptions {
  /** Fires when the caller is gone: the far side must be let go within a second, in every state. */
  readonly signal: AbortSignal;
  readonly credential: Credential | undefined;
  /** Left out where tasks share nothing. */
  readonly memory?: SharedMemory;
}

/** What one upstream has found out and all tasks should know, by keys of its own. Best effort, bounded in time. */
export interface SharedMemory {
  /** Never rejects; undefined where nothing is known, or not in time. */
  recall(key: string): Promise<string | undefined>;
  /** Returns at once and never throws. `text` is at most some kilobytes. */
  remember(key: string, text: string, seconds: number): void;
}

/** A request outside the Messages operations, passed on as it is: models, batches, files, skills. */
export interface RelayRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderLines;
  readonly body: Readable | undefined;
  readonly host?: string;
}

/** What an operator wants to know at start-up and on the health page. */
export interface Readiness {
  readonly isUsable: boolean;
  /** One sentence: where it sends to, or what is missing and what happens then. */
  readonly detail: string;
}

/** What an answer says before its body. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: HeaderLines;
}

/** Implemented by whoever can answer for Claude. Marked with `@Upstream('name')` to be found. */
export interface UpstreamProvider {
  /** Decides by the request alone, quickly and without I/O. */
  accepts(request: UpstreamRequest): Acceptance;
  /**
   * Resolves once the answer's status and headers are final. Throws `UpstreamError` before that point, and never
   * retries beyond what it documents. A stream that breaks, falls silent or brings an `error` event before its first
   * content counts as a failure, too: the gateway sees to that.
   */
  send(request: UpstreamRequest, options: SendOptions): Promise<UpstreamAnswer>;
  /**
   * The windows whose limit would stop this request, narrowest first. A provider that has them gets its 429s
   * remembered, and is not asked while one of them is closed.
   */
  limitScopes?(request: UpstreamRequest, credential: Credential | undefined): readonly string[];
  /** Passes on what only the Anthropic API has. Throws `UpstreamError` when no answer came; refusals are answers. */
  relay?(request: RelayRequest, options: SendOptions): Promise<UpstreamAnswer>;
  /**
   * Sends a request that costs nothing with this credential, and returns the head of its answer. Rejects when no answer
   * came. Only for an upstream that checks the caller's own credential: its answers prove that a caller is known. Every
   * other upstream is paid by the operator, and as a fallback it serves known callers only (`FALLBACK_FOR`).
   */
  probeCredential?(credential: Credential, signal: AbortSignal): Promise<AnswerHead>;
  /** Asked at start-up and by the health page. May take a second, must not throw. */
  readiness?(): Promise<Readiness>;
}
