import {
  type ContentEncoding,
  contentEncodingOf,
  countOf,
  decodingStream,
  MAX_PASSED_ANSWER_BYTES,
  MAX_WHOLE_ANSWER_BYTES,
  maxDecodedBytes,
  membersOfJson,
  memberValue,
  mergeUsage,
  SseScanner,
  type Usage,
} from '@claude-proxy/messages-api';
import { type HeaderLines, headerOf } from '@claude-proxy/upstream';

const WANTED_EVENTS = new Set(['message_start', 'message_delta', 'message_stop', 'error']);
/** Names of models, stop reasons and errors have some ten characters; the text is an upstream's. */
const MAX_TEXT_CHARACTERS = 200;
/** Compressed bytes that have come and wait for their decoder. A decoder that falls further behind is given up. */
const MAX_UNDECODED_BYTES = 16 * 1024 * 1024;
const DELTA_EVENT = 'content_block_delta';
/** `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}` without its text. */
const DELTA_FRAME_BYTES = 86;
/** English text and code; other scripts have fewer bytes to a token, so the estimate is a low one for them. */
const BYTES_PER_TOKEN = 4;

/** What an answer has said about itself so far. */
export interface Observed {
  usage: Usage | undefined;
  model: string | undefined;
  messageId: string | undefined;
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
export function blindObserver(): AnswerObserver {
  return new AnswerObserver([]);
}

/**
 * Reads the counts from the bytes of an answer as they pass. It keeps what it needs, changes nothing, and cannot
 * throw: whatever it does not understand counts as nothing.
 */
export class AnswerObserver {
  readonly observed: Observed = {
    usage: undefined,
    model: undefined,
    messageId: undefined,
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

  /** What has come of a stream since its last event other than `ping`. */
  get idleBytes(): number {
    return this.reader.idleBytes;
  }

  /** True if the end of a stream can be recognized: it is not compressed. */
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

  /** Everything written has been read; for a compressed answer, once the promise has resolved. It never rejects. */
  finish(): Promise<void> | undefined {
    try {
      // An answer that cannot be read has no counts.
      return this.reader.finish()?.catch(() => {});
    } catch {
      return undefined;
    }
  }
}

interface AnswerReader {
  readonly isBetweenEvents: boolean;
  readonly isReadable: boolean;
  readonly idleBytes: number;
  write(chunk: Buffer): void;
  finish(): Promise<void> | undefined;
}

const BLIND: AnswerReader = {
  isBetweenEvents: false,
  isReadable: false,
  idleBytes: 0,
  write() {},
  finish: () => undefined,
};

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

  get idleBytes(): number {
    return this.scanner.idleBytes;
  }

  write(chunk: Buffer): void {
    this.scanner.write(chunk);
  }

  finish(): undefined {
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
      observed.messageId = textOf(event?.message?.id);
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

/** A JSON answer that is too long to be held is passed on uncounted. */
class JsonReader implements AnswerReader {
  readonly isBetweenEvents = false;
  readonly isReadable = true;
  readonly idleBytes = 0;
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly observed: Observed) {}

  write(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > MAX_WHOLE_ANSWER_BYTES) this.chunks = [];
    else this.chunks.push(chunk);
  }

  finish(): undefined {
    if (this.chunks.length === 0) return;
    const body = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    const members = membersOfJson(body);
    this.observed.usage = mergeUsage(undefined, memberValue(body, members, 'usage'));
    this.observed.model = textOf(memberValue(body, members, 'model'));
    this.observed.messageId = textOf(memberValue(body, members, 'id'));
    this.observed.stopReason = textOf(memberValue(body, members, 'stop_reason'));
  }
}

/**
 * Reads a compressed answer beside the bytes that pass: `finish` waits for the decoder. A few kilobytes can pack
 * gigabytes, so the decoder is stopped where no answer can be as long.
 */
class DecodedReader implements AnswerReader {
  readonly isBetweenEvents = false;
  readonly isReadable = false;
  readonly idleBytes = 0;
  private readonly decoder;
  private readonly decoded: Promise<void>;
  private encodedBytes = 0;
  private decodedBytes = 0;

  constructor(
    private readonly reader: AnswerReader,
    encoding: ContentEncoding,
  ) {
    this.decoder = decodingStream(encoding);
    this.decoder.on('data', (chunk: Buffer) => this.read(chunk));
    this.decoded = new Promise((resolve) => {
      this.decoder.once('end', resolve).once('error', resolve).once('close', resolve);
    });
  }

  write(chunk: Buffer): void {
    if (this.decoder.destroyed) return;
    this.encodedBytes += chunk.length;
    this.decoder.write(chunk);
    if (this.decoder.writableLength > MAX_UNDECODED_BYTES) this.decoder.destroy();
  }

  private read(chunk: Buffer): void {
    this.decodedBytes += chunk.length;
    if (this.decodedBytes > maxDecodedBytes(this.encodedBytes, MAX_PASSED_ANSWER_BYTES)) this.decoder.destroy();
    else this.reader.write(chunk);
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
  message?: { usage?: unknown; model?: unknown; id?: unknown };
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
