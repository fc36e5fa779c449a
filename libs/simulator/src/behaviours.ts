import type { AnswerOptions } from './answer-options.js';
import type { RecordedRequest } from './http-recording.js';

/** A refusal by the service. Each simulator renders it in its own format. */
export interface Failure {
  readonly status: number;
  /** Anthropic's error type, or the name of the AWS exception. */
  readonly name: string;
  readonly message: string;
  /** Anthropic: `error.details`. Bedrock: additional fields beside `message`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly latencyMs?: number;
}

/** A fault in the body of an answer that began well. `afterEvents` counts all events, including pings. */
export type Fault =
  | { readonly kind: 'cut'; readonly afterEvents: number; readonly insideCharacter: boolean }
  | { readonly kind: 'cut_at_byte'; readonly afterBytes: number }
  | { readonly kind: 'end_early'; readonly afterEvents: number }
  | { readonly kind: 'silence'; readonly afterEvents: number; readonly silenceMs: number }
  | { readonly kind: 'garbage'; readonly afterEvents: number; readonly bytes?: Buffer }
  | { readonly kind: 'flipped_bit'; readonly afterEvents: number }
  | { readonly kind: 'failure'; readonly afterEvents: number; readonly failure: Failure };

/** What a simulator does with one request. */
export type Behaviour =
  | { readonly kind: 'answer'; readonly options: AnswerOptions; readonly fault?: Fault }
  | { readonly kind: 'refusal'; readonly failure: Failure }
  | ({ readonly kind: 'raw' } & RawAnswer)
  | ({ readonly kind: 'wire' } & WireAnswer)
  | { readonly kind: 'reset'; readonly latencyMs: number };

/** A behavior, or a function that selects one from the request (its model, credential, body ...). */
export type BehaviourChoice = Behaviour | ((request: RecordedRequest) => Behaviour);

/** An answer that the test specifies completely. */
export interface RawAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  readonly latencyMs?: number;
}

/** Bytes for the connection itself, not necessarily HTTP, and what happens to the connection afterwards. */
export interface WireAnswer {
  pieces(): Iterable<string | Buffer>;
  readonly ending: 'open' | 'fin' | 'reset';
}

type AfterEvents = AnswerOptions & { readonly afterEvents?: number };

const TEXT_WITH_WIDE_CHARACTERS = 'Grüße aus 東京 👩‍💻🎉 — and back again.';
const BIG_DELTA_LENGTH = 16_384;
/** By then the first text has been sent, with and without pings. */
const DEFAULT_EVENTS_BEFORE_FAULT = 4;

/** A valid answer: JSON or a stream, as the request specifies. */
export function answer(options: AnswerOptions = {}): Behaviour {
  return { kind: 'answer', options };
}

/** A valid answer with a text of this many bytes, to exercise back-pressure. */
export function big({ bytes, ...options }: AnswerOptions & { readonly bytes: number }): Behaviour {
  return answer({ text: 'x'.repeat(bytes), deltaLength: BIG_DELTA_LENGTH, ...options });
}

/** Destroys the connection after this many events (default 4) or bytes, or in the middle of a wide character. */
export function cut(
  options: AfterEvents & { readonly afterBytes?: number; readonly insideCharacter?: boolean } = {},
): Behaviour {
  const { afterEvents, afterBytes, insideCharacter = false, ...rest } = options;
  if (afterBytes !== undefined) return { kind: 'answer', options: rest, fault: { kind: 'cut_at_byte', afterBytes } };
  const content = insideCharacter ? { text: TEXT_WITH_WIDE_CHARACTERS, ...rest } : rest;
  const fault = {
    kind: 'cut',
    afterEvents: afterEvents ?? (insideCharacter ? 0 : DEFAULT_EVENTS_BEFORE_FAULT),
    insideCharacter,
  } as const;
  return { kind: 'answer', options: content, fault };
}

/** Ends the body properly after this many events, without `message_stop`. */
export function endEarly({ afterEvents = DEFAULT_EVENTS_BEFORE_FAULT, ...options }: AfterEvents = {}): Behaviour {
  return { kind: 'answer', options, fault: { kind: 'end_early', afterEvents } };
}

/** Inserts bytes that are not a frame between two events, then continues normally. */
export function garbage({
  afterEvents = DEFAULT_EVENTS_BEFORE_FAULT,
  bytes,
  ...options
}: AfterEvents & { readonly bytes?: Buffer } = {}): Behaviour {
  return { kind: 'answer', options, fault: { kind: 'garbage', afterEvents, ...(bytes && { bytes }) } };
}

/** Flips one bit of the frame after this many events. On Bedrock its checksum is then wrong. */
export function flippedBit({ afterEvents = DEFAULT_EVENTS_BEFORE_FAULT, ...options }: AfterEvents = {}): Behaviour {
  return { kind: 'answer', options, fault: { kind: 'flipped_bit', afterEvents } };
}

/**
 * Pauses for this long (default: forever), before the headers or after this many events. Then continues with the
 * answer.
 */
export function silence({
  afterEvents,
  ms = Infinity,
  ...options
}: AfterEvents & { readonly ms?: number } = {}): Behaviour {
  if (afterEvents === undefined) return answer({ ...options, latencyMs: ms });
  return { kind: 'answer', options, fault: { kind: 'silence', afterEvents, silenceMs: ms } };
}

/** Resets the TCP connection before any answer. */
export function resetBeforeHeaders({ latencyMs = 0 }: { readonly latencyMs?: number } = {}): Behaviour {
  return { kind: 'reset', latencyMs };
}

/** Exactly this answer, without headers of the simulator. */
export function raw(options: RawAnswer): Behaviour {
  return { kind: 'raw', ...options };
}

/** Exactly these bytes on the connection, including head and framing. */
export function wire(pieces: Iterable<string | Buffer>, ending: WireAnswer['ending']): Behaviour {
  return { kind: 'wire', pieces: () => pieces, ending };
}

/** Like `wire`, for more bytes than fit in memory: they are generated during sending. */
export function endlessWire(pieces: () => Iterable<string | Buffer>): Behaviour {
  return { kind: 'wire', pieces, ending: 'open' };
}

/** A web page instead of an API answer, as a proxy in between would send it. */
export function html(status = 502): Behaviour {
  const body = `<html>\r\n<head><title>${status}</title></head>\r\n<body><h1>${status}</h1></body>\r\n</html>\r\n`;
  return raw({ status, headers: { 'content-type': 'text/html', server: 'cloudflare' }, body });
}

/** A redirect to another address. */
export function redirect(url: string, status = 307): Behaviour {
  return raw({ status, headers: { location: url } });
}
