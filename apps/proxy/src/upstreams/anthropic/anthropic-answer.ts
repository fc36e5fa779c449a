import type { AnswerBody, BodySink, HeaderLines } from '@claude-proxy/upstream';
import type { Dispatcher } from 'undici';

/** Status and headers of an answer, and its unread body. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: AnswerBody;
  /** True if it has ended without a byte. */
  readonly isEmpty: boolean;
}

/** Before a reader is there. A small answer arrives in one read: pausing the socket would cost more than buffering it. */
const MAX_EARLY_BYTES = 64 * 1024;
/** Limit of interim responses (1xx) before the answer, because each of them restarts undici's timeout. */
const MAX_INTERIM_RESPONSES = 100;

/**
 * One answer of the Anthropic API from undici: pushed from the socket, without a stream object in between (a `Readable`
 * doubles the cost of a small request). A read of the socket can hold hundreds of HTTP chunks, one for each event. They go
 * on as one, so that what follows costs once per read and not once per event.
 */
export class AnthropicAnswer implements Dispatcher.DispatchHandler, AnswerBody {
  /** Resolves at the first byte of the body, or at its end. Until then another upstream can answer instead. */
  readonly head: Promise<AnswerHead>;
  private sink: BodySink | undefined;
  private chunks: Buffer[] = [];
  private waitingBytes = 0;
  private isOver = false;
  private error: Error | undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private isDestroyed = false;
  private interimResponses = 0;
  private begun: Pick<AnswerHead, 'status' | 'headers'> | undefined;
  private resolveHead!: (head: AnswerHead) => void;
  private rejectHead!: (error: Error) => void;

  /** @param signal ends it */
  constructor(private readonly signal: AbortSignal) {
    this.head = new Promise((resolve, reject) => {
      this.resolveHead = resolve;
      this.rejectHead = reject;
    });
    signal.addEventListener('abort', this);
  }

  /** The signal fires. */
  handleEvent(): void {
    this.destroy();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.isDestroyed) this.destroy();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) this.begun = { status, headers: headerLinesOf(controller) };
    else this.countInterimResponse(controller);
  }

  /**
   * undici flushes its parser on `resume()`: if the socket has no more bytes yet, an empty chunk arrives at once.
   * If a sink accepted it and paused again, the two would call each other in microtasks and block the event loop.
   */
  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (chunk.length === 0 || this.isDestroyed) return;
    const count = this.chunks.push(chunk);
    this.waitingBytes += chunk.length;
    if (this.begun) this.deliverHead(this.begun, false);
    if (!this.sink && this.waitingBytes >= MAX_EARLY_BYTES) controller.pause();
    if (this.sink && count === 1) process.nextTick(() => this.deliverBody());
  }

  onResponseEnd(): void {
    if (this.begun) this.deliverHead(this.begun, true);
    this.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // A new error, because an error of the connection itself would allow a retry.
    this.rejectHead(this.begun ? brokenAfterHead(error) : error);
    this.error = error;
    this.end();
  }

  private end(): void {
    this.isOver = true;
    this.signal.removeEventListener('abort', this);
    this.deliverEnd();
  }

  /** Returns false if the sink has no more room. */
  private deliverBody(): boolean {
    if (!this.sink || this.chunks.length === 0) return true;
    const hasRoom = this.sink.write(this.takeChunks());
    if (!hasRoom) this.controller?.pause();
    return hasRoom;
  }

  private deliverEnd(): void {
    this.deliverBody();
    const { sink } = this;
    this.sink = undefined;
    if (this.error) sink?.fail(this.error);
    else sink?.end();
  }

  private takeChunks(): Buffer {
    const { chunks, waitingBytes } = this;
    this.chunks = [];
    this.waitingBytes = 0;
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, waitingBytes);
  }

  private deliverHead(begun: NonNullable<typeof this.begun>, isEmpty: boolean): void {
    this.begun = undefined;
    this.resolveHead({ status: begun.status, headers: begun.headers, body: this, isEmpty });
  }

  private countInterimResponse(controller: Dispatcher.DispatchController): void {
    this.interimResponses += 1;
    if (this.interimResponses <= MAX_INTERIM_RESPONSES) return;
    controller.abort(new Error(`more than ${MAX_INTERIM_RESPONSES} interim responses (1xx) and no answer`));
  }

  pipe(sink: BodySink): void {
    this.sink = sink;
    const hasRoom = this.deliverBody();
    if (this.isOver) this.deliverEnd();
    else if (hasRoom) this.resume();
  }

  resume(): void {
    if (this.controller?.paused) this.controller.resume();
  }

  destroy(): void {
    this.isDestroyed = true;
    this.sink = undefined;
    this.chunks = [];
    this.controller?.abort(new Error('the caller has left'));
  }
}

function brokenAfterHead(cause: NodeJS.ErrnoException): Error {
  return Object.assign(new Error(cause.message, { cause }), cause.code === undefined ? {} : { code: cause.code });
}

function headerLinesOf(controller: Dispatcher.DispatchController): string[] {
  const raw = controller.rawHeaders;
  return Array.isArray(raw) ? raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1'))) : [];
}
