import { type ContentEncoding, decodingStream, SseScanner } from '@claude-proxy/messages-api';
import type { AnswerBody, BodySink } from '@claude-proxy/upstream';

/** An event stream that says nothing in so many bytes is passed on without waiting for its first event. */
const MAX_HELD_BYTES = 64 * 1024;
/** A message that has begun and says nothing for so long is passed on: from then on nobody else can answer. */
const MAX_HELD_MS = 500;

interface FirstEvent {
  readonly name: string;
  readonly data: string;
}

/**
 * Reads an event stream up to its first event that says something, and gives the stream back with nothing missing.
 * A 200 can still be a refusal: then that event is `error`. `failure` tells that the stream ended or broke before it
 * had said anything; neither is there where it says nothing for too long.
 */
export function firstEventOf(body: AnswerBody, encoding: ContentEncoding | undefined): Promise<Beginning> {
  return new Promise((resolve) => {
    const held = new HeldBody(body, encoding, (known) => resolve({ ...known, body: held }));
    body.pipe(held);
  });
}

/** How a stream begins, and the stream. */
interface Beginning {
  readonly event?: FirstEvent;
  readonly failure?: Error;
  /** It failed after `message_start`. */
  readonly hasBegun?: boolean;
  readonly body: AnswerBody;
}

/** Holds what has come until the first event is known, then stands between source and reader without a cost. */
class HeldBody implements BodySink, AnswerBody {
  private readonly chunks: Buffer[] = [];
  private heldBytes = 0;
  private sink: BodySink | undefined;
  private ending: { error?: Error } | undefined;
  private isKnown = false;
  private patience: NodeJS.Timeout | undefined;
  private readonly peek: Peek;

  constructor(
    private readonly source: AnswerBody,
    encoding: ContentEncoding | undefined,
    private readonly onKnown: (known: Omit<Beginning, 'body'>) => void,
  ) {
    this.peek = peekOf(encoding, (event) => this.read(event));
  }

  write(chunk: Buffer): boolean {
    if (this.sink) return this.sink.write(chunk);
    this.chunks.push(chunk);
    this.heldBytes += chunk.length;
    if (!this.isKnown) this.peek.write(chunk);
    if (this.heldBytes > MAX_HELD_BYTES) this.know({});
    return !this.isKnown;
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
    else if (hasRoom) this.source.resume();
  }

  resume(): void {
    this.source.resume();
  }

  destroy(): void {
    clearTimeout(this.patience);
    this.source.destroy();
  }

  private close(ending: { error?: Error }): void {
    this.ending = ending;
    if (!this.sink) this.peek.end(() => this.isKnown || this.know(this.failureOf(ending)));
    else if (ending.error) this.sink.fail(ending.error);
    else this.sink.end();
  }

  private failureOf({ error }: { error?: Error }): Omit<Beginning, 'body'> {
    const failure = error ?? new Error('the stream ended before it had said anything');
    return { failure, hasBegun: this.patience !== undefined };
  }

  /** `message_start` says nothing yet: until more is passed on, another upstream can answer in place of this one. */
  private read(event: FirstEvent | undefined): void {
    if (event === undefined) this.know(this.ending ? this.failureOf(this.ending) : {});
    else if (event.name !== 'message_start') this.know({ event });
    else if (!this.isKnown) this.patience ??= setTimeout(() => this.know({}), MAX_HELD_MS);
  }

  private know(known: Omit<Beginning, 'body'>): void {
    if (this.isKnown) return;
    this.isKnown = true;
    clearTimeout(this.patience);
    this.onKnown(known);
  }
}

/** Reads the events beside the bytes that are held. */
interface Peek {
  write(chunk: Buffer): void;
  /** Calls back once everything written has been looked at. */
  end(onRead: () => void): void;
}

function peekOf(encoding: ContentEncoding | undefined, onEvent: (event: FirstEvent | undefined) => void): Peek {
  const scanner = new SseScanner({
    wants: (name) => name !== 'ping',
    onEvent: (name, data = '') => onEvent({ name, data }),
  });
  if (!encoding) return { write: (chunk) => scanner.write(chunk), end: (onRead) => onRead() };
  const decoder = decodingStream(encoding);
  decoder.on('data', (chunk: Buffer) => scanner.write(chunk));
  decoder.on('error', () => onEvent(undefined));
  return {
    write: (chunk) => void decoder.write(chunk),
    end: (onRead) => void decoder.once('end', onRead).end(),
  };
}
