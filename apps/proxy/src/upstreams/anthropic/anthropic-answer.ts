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

/** A small answer arrives in one read: pausing the socket would cost more than buffering it. */
const MAX_EARLY_BYTES = 64 * 1024;
/** Limit of interim responses (1xx) before the answer, because each of them restarts undici's timeout. */
const MAX_INTERIM_RESPONSES = 100;

/** Buffers chunks that arrive before the body is read. */
class EarlyChunks implements BodySink {
  readonly chunks: Buffer[] = [];
  private bytes = 0;
  isOver = false;
  error: Error | undefined;

  write(chunk: Buffer): boolean {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    return this.bytes < MAX_EARLY_BYTES;
  }

  end(): void {
    this.isOver = true;
  }

  fail(error: Error): void {
    this.error = error;
  }
}

/**
 * One answer of the Anthropic API from undici: pushed chunk by chunk from the socket, without a stream
 * object in between (a `Readable` doubles the cost of a small request).
 */
export class AnthropicAnswer implements Dispatcher.DispatchHandler, AnswerBody {
  /** Resolves at the first byte of the body, or at its end. Until then another upstream can answer instead. */
  readonly head: Promise<AnswerHead>;
  private readonly early = new EarlyChunks();
  private sink: BodySink = this.early;
  private controller: Dispatcher.DispatchController | undefined;
  private isDestroyed = false;
  private interimResponses = 0;
  private begun: Pick<AnswerHead, 'status' | 'headers'> | undefined;
  private resolveHead!: (head: AnswerHead) => void;
  private rejectHead!: (error: Error) => void;

  constructor() {
    this.head = new Promise((resolve, reject) => {
      this.resolveHead = resolve;
      this.rejectHead = reject;
    });
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
    if (!this.sink.write(chunk)) controller.pause();
    if (this.begun) this.deliverHead(this.begun, false);
  }

  onResponseEnd(): void {
    if (this.begun) this.deliverHead(this.begun, true);
    if (!this.isDestroyed) this.sink.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // A new error, because an error of the connection itself would allow a retry.
    this.rejectHead(this.begun ? brokenAfterHead(error) : error);
    if (!this.isDestroyed) this.sink.fail(error);
  }

  private deliverHead(begun: NonNullable<typeof this.begun>, isEmpty: boolean): void {
    this.begun = undefined;
    this.resolveHead({ ...begun, body: this, isEmpty });
  }

  private countInterimResponse(controller: Dispatcher.DispatchController): void {
    this.interimResponses += 1;
    if (this.interimResponses <= MAX_INTERIM_RESPONSES) return;
    controller.abort(new Error(`more than ${MAX_INTERIM_RESPONSES} interim responses (1xx) and no answer`));
  }

  pipe(sink: BodySink): void {
    const { chunks, isOver, error } = this.early;
    this.sink = sink;
    let hasRoom = true;
    for (const chunk of chunks) hasRoom = sink.write(chunk) && hasRoom;
    if (error) sink.fail(error);
    else if (isOver) sink.end();
    else if (hasRoom) this.resume();
  }

  resume(): void {
    if (this.controller?.paused) this.controller.resume();
  }

  destroy(): void {
    this.isDestroyed = true;
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
