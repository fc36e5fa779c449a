import {
  type ContentEncoding,
  contentEncodingOf,
  countOf,
  decodingStream,
  membersOfJson,
  memberValue,
  mergeUsage,
  SseScanner,
  type Usage,
} from '@claude-proxy/messages-api';
import { type HeaderLines, headerOf } from '@claude-proxy/upstream';

const WANTED_EVENTS = new Set(['message_start', 'message_delta', 'message_stop', 'error']);
/** A JSON answer that is longer is passed on uncounted. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;
/** Names of models, stop reasons and errors have some ten characters; the text is an upstream's. */
const MAX_TEXT_CHARACTERS = 200;
const DELTA_EVENT = 'content_block_delta';
/** `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}` without its text. */
const DELTA_FRAME_BYTES = 86;
/** English text and code; other scripts have fewer bytes to a token, so the estimate is a low one for them. */
const BYTES_PER_TOKEN = 4;

/** What an answer has said about itself so far. */
export interface Observed {
  usage: Usage | undefined;
  model: string | undefined;
  stopReason: string | undefined;
  /** A message has begun: what goes wrong from now on breaks an answer, and refuses none. */
  hasBegun: boolean;
  /** The stream has said that it is over: `message_stop`, or an `error` event. */
  hasEnded: boolean;
  errorMessage: string | undefined;
  /** The answer was cut before it said how much it was; its output was counted by its size. */
  isOutputEstimated: boolean;
}

/** For answers that have no counts: what is passed on beside the messages. */
export function blindTap(): UsageTap {
  return new UsageTap([]);
}

/**
 * Reads the counts from the bytes of an answer as they pass. It keeps what it needs, changes nothing, and cannot
 * throw: whatever it does not understand counts as nothing.
 */
export class UsageTap {
  readonly observed: Observed = {
    usage: undefined,
    model: undefined,
    stopReason: undefined,
    hasBegun: false,
    hasEnded: false,
    errorMessage: undefined,
    isOutputEstimated: false,
  };
  readonly isEventStream: boolean;
  private readonly reader: AnswerReader;

  constructor(headers: HeaderLines) {
    this.isEventStream = headerOf(headers, 'content-type')?.startsWith('text/event-stream') ?? false;
    this.reader = readerOf(headers, this.isEventStream, this.observed);
  }

  /** True where an event of ours may be put in; never for a compressed stream. */
  get isBetweenEvents(): boolean {
    return this.reader.isBetweenEvents;
  }

  /** True where the end of a stream can be told: it is not compressed. */
  get canTellItsEnd(): boolean {
    return this.reader.isReadable;
  }

  write(chunk: Buffer): void {
    try {
      this.reader.write(chunk);
    } catch {
      // Counting never hurts the answer.
    }
  }

  /** Resolves once everything written has been read. Never rejects. */
  async finish(): Promise<void> {
    try {
      await this.reader.finish();
    } catch {
      // An answer that cannot be read has no counts.
    }
  }
}

interface AnswerReader {
  readonly isBetweenEvents: boolean;
  readonly isReadable: boolean;
  write(chunk: Buffer): void;
  finish(): void | Promise<void>;
}

const BLIND: AnswerReader = { isBetweenEvents: false, isReadable: false, write() {}, finish() {} };

function readerOf(headers: HeaderLines, isEventStream: boolean, observed: Observed): AnswerReader {
  const isJson = headerOf(headers, 'content-type')?.startsWith('application/json') ?? false;
  if (!isEventStream && !isJson) return BLIND;
  const reader = isEventStream ? new EventReader(observed) : new JsonReader(observed);
  try {
    const encoding = contentEncodingOf(headerOf(headers, 'content-encoding'));
    return encoding ? new DecodedReader(reader, encoding) : reader;
  } catch {
    return BLIND;
  }
}

class EventReader implements AnswerReader {
  readonly isReadable = true;
  private hasOutputCount = false;
  private textBytes = 0;
  private readonly scanner = new SseScanner({
    wants: (name) => WANTED_EVENTS.has(name),
    onEvent: (name, data) => this.read(name, data),
    measured: DELTA_EVENT,
    onMeasured: (lineBytes) => {
      this.textBytes += textBytesOf(lineBytes);
    },
  });

  constructor(private readonly observed: Observed) {}

  get isBetweenEvents(): boolean {
    return this.scanner.isBetweenEvents;
  }

  write(chunk: Buffer): void {
    this.scanner.write(chunk);
  }

  finish(): void {
    const { observed } = this;
    if (!observed.usage || this.hasOutputCount) return;
    const { openBytes } = this.scanner;
    const textBytes = this.textBytes + (openBytes > 0 ? textBytesOf(openBytes) : 0);
    const estimate = Math.ceil(textBytes / BYTES_PER_TOKEN);
    observed.isOutputEstimated = true;
    observed.usage = { ...observed.usage, output_tokens: Math.max(estimate, countOf(observed.usage.output_tokens)) };
  }

  private read(name: string, data: string | undefined): void {
    const { observed } = this;
    if (name === 'message_stop' || name === 'error') observed.hasEnded = true;
    const event = parsed(data);
    if (name === 'message_start') {
      observed.hasBegun = true;
      observed.usage = mergeUsage(observed.usage, event?.message?.usage);
      observed.model = textOf(event?.message?.model);
    } else if (name === 'message_delta') {
      observed.usage = mergeUsage(observed.usage, event?.usage);
      this.hasOutputCount ||= typeof event?.usage?.output_tokens === 'number';
      observed.stopReason = textOf(event?.delta?.stop_reason) ?? observed.stopReason;
    } else if (name === 'error') {
      // The type alone: messages may quote the request.
      observed.errorMessage = `error event: ${textOf(event?.error?.type) ?? 'of no type'}`;
    }
  }
}

class JsonReader implements AnswerReader {
  readonly isBetweenEvents = false;
  readonly isReadable = true;
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly observed: Observed) {}

  write(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > MAX_JSON_BYTES) this.chunks = [];
    else this.chunks.push(chunk);
  }

  finish(): void {
    if (this.chunks.length === 0) return;
    const body = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    const members = membersOfJson(body);
    this.observed.usage = mergeUsage(undefined, memberValue(body, members, 'usage'));
    this.observed.model = textOf(memberValue(body, members, 'model'));
    this.observed.stopReason = textOf(memberValue(body, members, 'stop_reason'));
  }
}

/** Reads a compressed answer beside the bytes that pass: `finish` waits for the decoder. */
class DecodedReader implements AnswerReader {
  readonly isBetweenEvents = false;
  readonly isReadable = false;
  private readonly decoder;
  private readonly decoded: Promise<void>;

  constructor(
    private readonly reader: AnswerReader,
    encoding: ContentEncoding,
  ) {
    this.decoder = decodingStream(encoding);
    this.decoder.on('data', (chunk: Buffer) => this.reader.write(chunk));
    this.decoded = new Promise((resolve) => {
      this.decoder.once('end', resolve).once('error', resolve);
    });
  }

  write(chunk: Buffer): void {
    if (!this.decoder.destroyed) this.decoder.write(chunk);
  }

  async finish(): Promise<void> {
    if (!this.decoder.destroyed) this.decoder.end();
    await this.decoded;
    await this.reader.finish();
  }
}

/** A delta holds a token at least, also where its frame is shorter than Anthropic's. */
function textBytesOf(lineBytes: number): number {
  return Math.max(BYTES_PER_TOKEN, lineBytes - DELTA_FRAME_BYTES);
}

interface StreamEvent {
  message?: { usage?: unknown; model?: unknown };
  usage?: { output_tokens?: unknown };
  delta?: { stop_reason?: unknown };
  error?: { type?: unknown };
}

function parsed(data: string | undefined): StreamEvent | undefined {
  try {
    return data === undefined ? undefined : JSON.parse(data);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT_CHARACTERS).toWellFormed() : undefined;
}
