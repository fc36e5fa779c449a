import type { Credential, HeaderLines, Operation, UpstreamAnswer } from './contract.js';

/** Which request it is, and how far it has come. The gateway passes its own record, which has more members. */
export interface StepExchange {
  readonly id: string;
  readonly user: string;
  readonly operation: Operation | 'relay';
}

/** Who calls. The gateway passes its own `Caller`, which has more members. */
export interface StepCaller {
  readonly user: string;
  /** Undefined only at open endpoints. */
  readonly credential: Credential | undefined;
  /** Fires when the caller has left. */
  readonly signal: AbortSignal;
  readonly exchange: StepExchange;
}

/** One request of a caller, in Anthropic's dialect, as the steps before this one have left it. */
export interface StepRequest {
  readonly operation: Operation | 'relay';
  readonly method: string;
  /** Path and query in the form of the Messages API. */
  readonly path: string;
  readonly headers: HeaderLines;
  /** Undefined for a relayed request: batches, files, skills, models. */
  readonly model: string | undefined;
  readonly isStream: boolean;
  /** The `speed` in the body (`fast`); undefined for standard speed. */
  readonly speed?: string | undefined;
  /** The `max_tokens` in the body. */
  readonly maxTokens?: number | undefined;
  /** The body without its content encoding. Undefined for a relayed request: its body has not arrived yet. */
  readonly body: Buffer | undefined;
  /** The bytes of a top-level member of the body, without parsing. Missing if the body was not scanned. */
  readonly member?: ((name: string) => Buffer | undefined) | undefined;
  /**
   * The body without its content encoding, also of a relayed request, which is then held in memory. Empty if the
   * request has no body.
   *
   * @throws GatewayError request_too_large, invalid_request_error for a coding that cannot be decoded
   */
  readBody(): Promise<Buffer>;
}

/** How a request has ended. */
export interface StepEnd {
  readonly id: string;
  readonly user: string;
  readonly operation: Operation | 'relay';
  /** `aborted`: the caller left; `broken`: the answer was cut after it had begun. */
  readonly outcome: 'completed' | 'refused' | 'aborted' | 'broken';
  readonly status: number;
  /** The upstream that answered. Undefined if there was none. */
  readonly upstream: string | undefined;
  readonly model: string | undefined;
  /** The counts of the answer; undefined if it reported none. */
  readonly usage: Readonly<Record<string, unknown>> | undefined;
  /** Null if the price is not known, undefined if nothing was used. */
  readonly costNanoUsd: number | null | undefined;
}

/** What a step does with one request. Members that are missing change nothing. */
export interface StepRun {
  /** Replaces the body. The bytes have no content encoding. */
  readonly body?: Buffer;
  /** Replaces the model of the request. A step that changes it replaces the body as well. */
  readonly model?: string;
  /** Replaces the header lines of the request. */
  readonly headers?: HeaderLines;
  /** Header lines for the answer, whatever the answer is. They replace lines of the upstream with the same name. */
  readonly answerHeaders?: HeaderLines;
  /** Replaces or wraps the answer, a refusal of an upstream included. Called at most once. */
  answer?(answer: UpstreamAnswer): UpstreamAnswer | Promise<UpstreamAnswer>;
  /**
   * The request has ended, in any way: answered, refused, left by its caller, broken, refused by a later step. Called
   * exactly once, before the request is recorded: a step that stores something adds it here to what its writer of the
   * recording returns for this request. A promise is not awaited. An exception is logged and changes nothing.
   */
  after?(end: StepEnd): void | Promise<void>;
}

/**
 * A step that every request passes on its way to an upstream, and every answer on its way back. `@Step('name', order)`
 * registers the class.
 */
export interface ExchangeStep<Caller extends StepCaller = StepCaller> {
  /** False if the step is switched off. It is then absent from the path of a request. */
  readonly isEnabled?: boolean;
  /**
   * False if the step has nothing to do for this caller. Without steps that apply, a request does not pass their seam. Called
   * for every request, so it only looks at memory.
   */
  appliesTo?(caller: Caller): boolean;
  /** True if it has to read every body. A content coding that cannot be decoded is then refused with status 415. */
  readonly readsBodies?: boolean;
  /**
   * Decides what happens with a request. Undefined leaves it alone. A `GatewayError` refuses it in the caller's dialect;
   * any other exception refuses it with status 503. In both cases no upstream is asked. Without an await it costs no turn of
   * the event loop.
   */
  before(request: StepRequest, caller: Caller): StepRun | undefined | Promise<StepRun | undefined>;
}
