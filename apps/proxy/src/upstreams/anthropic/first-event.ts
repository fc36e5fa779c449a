import { type ContentEncoding, decodingStream, SseScanner } from '@claude-proxy/messages-api';
import type { AnswerBody, BodySink } from '@claude-proxy/upstream';

/** An event stream that says nothing in so many bytes is passed on without waiting for its first event. */
const MAX_HELD_BYTES = 64 * 1024;

export interface FirstEvent {
  readonly name: string;
  readonly data: string;
}

/**
 * Reads an event stream up to its first event that is no ping, and gives the stream back with nothing missing.
 * A 200 can still be a refusal: then its first event is `error`. `event` is undefined where the stream ended,
 * broke or said nothing before.
 */
export function firstEventOf(
  body: AnswerBody,
  encoding: ContentEncoding | undefined,
): Promise<{ event: FirstEvent | undefined; body: AnswerBody }> {
  return new Promise((resolve) => {
    const held = new HeldBody(body, encoding, (event) => resolve({ event, body: held }));
    body.pipe(held);
  });
}

/** Holds what has come until the first event is known, then stands between source and reader without a cost. */
class HeldBody implements BodySink, AnswerBody {
  private readonly chunks: Buffer[] = [];
  private heldBytes = 0;
  private sink: BodySink | undefined;
  private ending: { error?: Error } | undefined;
  private isKnown = false;
  private readonly peek: (chunk: Buffer) => void;

  constructor(
    private readonly source: AnswerBody,
    encoding: ContentEncoding | undefined,
    private readonly onKnown: (event: FirstEvent | undefined) => void,
  ) {
    this.peek = peeker(encoding, (event) => this.know(event));
  }

  write(chunk: Buffer): boolean {
    if (this.sink) return this.sink.write(chunk);
    this.chunks.push(chunk);
    this.heldBytes += chunk.length;
    if (!this.isKnown) this.peek(chunk);
    if (this.heldBytes > MAX_HELD_BYTES) this.know(undefined);
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
    this.source.destroy();
  }

  private close(ending: { error?: Error }): void {
    this.ending = ending;
    if (!this.sink) this.know(undefined);
    else if (ending.error) this.sink.fail(ending.error);
    else this.sink.end();
  }

  private know(event: FirstEvent | undefined): void {
    if (this.isKnown) return;
    this.isKnown = true;
    this.onKnown(event);
  }
}

function peeker(encoding: ContentEncoding | undefined, onFirst: (event: FirstEvent | undefined) => void) {
  const scanner = new SseScanner({
    wants: (name) => name !== 'ping',
    onEvent: (name, data = '') => onFirst({ name, data }),
  });
  if (!encoding) return (chunk: Buffer) => scanner.write(chunk);
  const decoder = decodingStream(encoding);
  decoder.on('data', (chunk: Buffer) => scanner.write(chunk));
  decoder.on('error', () => onFirst(undefined));
  return (chunk: Buffer) => void decoder.write(chunk);
}
