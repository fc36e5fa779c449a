import type { AnswerBody, BodySink, HeaderLines } from '@claude-proxy/upstream';
import type { Dispatcher } from 'undici';

/** The head of an answer, and its body ready to flow. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: AnswerBody;
}

/** A small answer comes whole in one read: stopping the socket in the middle of it costs more than holding it. */
const MAX_EARLY_BYTES = 64 * 1024;

/** Where an answer is before somebody reads its body: chunks that came early wait here. */
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
 * One answer of the Anthropic API as undici hands it over: pushed chunk by chunk from the socket, with no stream
 * object in between (a `Readable` doubles the cost of a small request).
 */
export class AnthropicAnswer implements Dispatcher.DispatchHandler, AnswerBody {
  readonly head: Promise<AnswerHead>;
  private readonly early = new EarlyChunks();
  private sink: BodySink = this.early;
  private controller: Dispatcher.DispatchController | undefined;
  private isLetGo = false;
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
    if (this.isLetGo) this.destroy();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.resolveHead({ status, headers: headerLinesOf(controller), body: this });
  }

  /**
   * undici flushes its parser on `resume()`: where the socket has no more bytes yet, that is an empty chunk at once.
   * If a sink took it and paused again, the two would call each other in microtasks and the event loop would stop.
   */
  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (chunk.length === 0 || this.isLetGo) return;
    if (!this.sink.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (!this.isLetGo) this.sink.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.rejectHead(error);
    if (!this.isLetGo) this.sink.fail(error);
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
    this.isLetGo = true;
    this.controller?.abort(new Error('the caller has left'));
  }
}

function headerLinesOf(controller: Dispatcher.DispatchController): string[] {
  const raw = controller.rawHeaders;
  return Array.isArray(raw) ? raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1'))) : [];
}
