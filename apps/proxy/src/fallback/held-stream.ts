import { type ContentEncoding, contentEncodingOf, decodingStream, SseScanner } from '@claude-proxy/messages-api';
import { type AnswerBody, type BodySink, bodyOfBytes, headerOf, type UpstreamAnswer } from '@claude-proxy/upstream';

/** A stream that brings so much and no event of content is passed on without waiting for one. */
const MAX_HELD_BYTES = 64 * 1024;
/** What the held bytes may decode to before the first event of content: a few kilobytes can pack gigabytes. */
const MAX_DECODED_BYTES = 16 * MAX_HELD_BYTES;
/** An `error` event is the last one; where the connection stays open after it, nothing more is waited for. */
const MAX_WAIT_AFTER_ERROR_MS = 1_000;

export class SilenceError extends Error {
  override readonly name = 'SilenceError';

  constructor(maxSilenceMs: number) {
    super(`it sent nothing for ${maxSilenceMs / 1_000} s`);
  }
}

/** How a stream begins. */
export type Start =
  | { readonly kind: 'content'; readonly body: AnswerBody }
  /** `data` is that of an `error` event; the body is the whole answer. */
  | { readonly kind: 'error'; readonly data: string; readonly body: AnswerBody }
  /** It ended, broke or fell silent; the body is what came before, and the failure. */
  | { readonly kind: 'broken'; readonly error: Error; readonly hasBegun: boolean; readonly body: AnswerBody };

export interface HoldTerms {
  readonly maxSilenceMs: number;
  /** Another upstream may answer. Where none may, nothing is gained by holding a message that has begun. */
  readonly hasOther: boolean;
}

/**
 * Holds an event stream back until its first event of content: `message_start` and `ping` say nothing, so up to then
 * another upstream can answer. Nothing of the stream is lost. From then on it only watches for silence: a stream that
 * brings no byte in `maxSilenceMs`, while its reader has room, fails.
 */
export function startOfStream(answer: UpstreamAnswer, terms: HoldTerms): Promise<Start> {
  return new Promise((resolve) => answer.body.pipe(new HeldStream(answer, terms, resolve)));
}

class HeldStream implements BodySink, AnswerBody {
  private readonly chunks: Buffer[] = [];
  private heldBytes = 0;
  private sink: BodySink | undefined;
  private ending: { readonly error?: Error } | undefined;
  private errorData: string | undefined;
  private hasBegun = false;
  private isKnown = false;
  private isPaused = false;
  private isOver = false;
  private readonly source: AnswerBody;
  private readonly hasOther: boolean;
  private readonly peek: Peek;
  private readonly alarm: NodeJS.Timeout;

  constructor(
    { headers, body }: UpstreamAnswer,
    { maxSilenceMs, hasOther }: HoldTerms,
    private readonly onKnown: (start: Start) => void,
  ) {
    this.source = body;
    this.hasOther = hasOther;
    this.alarm = setTimeout(() => this.onSilence(maxSilenceMs), maxSilenceMs).unref();
    this.peek = peekOf(headerOf(headers, 'content-encoding'), {
      onEvent: (event) => this.read(event),
      onUnknownCoding: () => this.know(),
      onUnreadable: (error) => this.onUnreadable(error),
    });
  }

  write(chunk: Buffer): boolean {
    this.alarm.refresh();
    if (this.sink) return this.noteRoom(this.sink.write(chunk));
    this.chunks.push(chunk);
    this.heldBytes += chunk.length;
    if (!this.isKnown) this.peek.write(chunk);
    if (this.heldBytes > MAX_HELD_BYTES) this.know();
    return this.noteRoom(!this.isKnown);
  }

  end(): void {
    this.close({});
  }

  fail(error: Error): void {
    this.close({ error });
  }

  pipe(sink: BodySink): void {
    let hasRoom = true;
    for (const chunk of this.chunks.splice(0)) hasRoom = sink.write(chunk) && hasRoom;
    this.sink = sink;
    if (this.ending) this.close(this.ending);
    else if (hasRoom) this.resume();
  }

  resume(): void {
    this.isPaused = false;
    this.alarm.refresh();
    this.source.resume();
  }

  destroy(): void {
    this.isOver = true;
    clearTimeout(this.alarm);
    this.peek.close();
    this.source.destroy();
  }

  private noteRoom(hasRoom: boolean): boolean {
    this.isPaused = !hasRoom;
    return hasRoom;
  }

  /** While the reader has no room, the silence is not the upstream's. */
  private onSilence(maxSilenceMs: number): void {
    if (this.isOver) return;
    if (this.isPaused) {
      this.alarm.refresh();
      return;
    }
    this.source.destroy();
    this.close({ error: new SilenceError(maxSilenceMs) });
  }

  private close(ending: { readonly error?: Error }): void {
    this.isOver = true;
    clearTimeout(this.alarm);
    this.ending = ending;
    if (!this.sink) this.peek.end(() => this.know());
    else if (ending.error) this.sink.fail(ending.error);
    else this.sink.end();
  }

  private onUnreadable(error: Error): void {
    if (this.isKnown) return;
    this.ending = { error };
    this.destroy();
    this.know();
  }

  private read(event: FirstEvent): void {
    if (event.name === 'error') this.readError(event.data);
    else if (event.name !== 'message_start') this.know();
    else {
      this.hasBegun = true;
      if (!this.hasOther) this.know();
    }
  }

  private readError(data: string): void {
    if (this.errorData !== undefined) return;
    this.errorData = data;
    setTimeout(() => this.know(), MAX_WAIT_AFTER_ERROR_MS).unref();
  }

  private know(): void {
    if (this.isKnown) return;
    this.isKnown = true;
    this.peek.close();
    this.onKnown(this.start());
  }

  private start(): Start {
    const { errorData: data, ending, hasBegun } = this;
    if (data !== undefined) {
      this.destroy();
      return { kind: 'error', data, body: bodyOfBytes(Buffer.concat(this.chunks)) };
    }
    if (!ending) return { kind: 'content', body: this };
    const { error = new Error('it ended before its first content') } = ending;
    return { kind: 'broken', error, hasBegun, body: this };
  }
}

interface FirstEvent {
  readonly name: string;
  readonly data: string;
}

/** Reads the events beside the bytes that are held. */
interface Peek {
  write(chunk: Buffer): void;
  /** Calls back once everything written has been looked at. */
  end(onRead: () => void): void;
  /** Stops decoding what has been written. */
  close(): void;
}

interface PeekListener {
  /** Each event but pings. */
  onEvent(event: FirstEvent): void;
  /** The bytes may be right, and cannot be read here. */
  onUnknownCoding(): void;
  /** The bytes are not what their coding says, or decode to more than any beginning. */
  onUnreadable(error: Error): void;
}

function peekOf(codings: string | undefined, { onEvent, onUnknownCoding, onUnreadable }: PeekListener): Peek {
  const encoding = knownEncodingOf(codings);
  if (encoding === 'unknown') return { write: onUnknownCoding, end: (onRead) => onRead(), close() {} };
  const scanner = new SseScanner({
    wants: (name) => name !== 'ping',
    onEvent: (name, data = '') => onEvent({ name, data }),
  });
  if (!encoding) {
    return { write: (chunk) => scanner.write(chunk), end: (onRead) => onRead(), close: () => scanner.stop() };
  }
  const decoder = decodingStream(encoding);
  let decodedBytes = 0;
  decoder.on('data', (chunk: Buffer) => {
    decodedBytes += chunk.length;
    if (decodedBytes > MAX_DECODED_BYTES) onUnreadable(new Error(`it decodes to more than ${MAX_DECODED_BYTES} bytes`));
    else scanner.write(chunk);
  });
  decoder.once('error', onUnreadable);
  return {
    write: (chunk) => void decoder.write(chunk),
    end: (onRead) => void decoder.once('end', onRead).end(),
    close: () => void decoder.destroy(),
  };
}

function knownEncodingOf(codings: string | undefined): ContentEncoding | undefined | 'unknown' {
  try {
    return contentEncodingOf(codings);
  } catch {
    return 'unknown';
  }
}
