import type { ServerResponse } from 'node:http';
import {
  errorBody,
  MAX_IDLE_BYTES,
  MAX_LINGER_MS,
  MAX_PASSED_ANSWER_BYTES,
  PING_EVENT,
  sseEvent,
} from '@claude-proxy/messages-api';
import type { BodySink, UpstreamAnswer } from '@claude-proxy/upstream';
import { withLinesOf } from '../exchange/answer-headers.js';
import type { AnswerObserver } from '../exchange/answer-observer.js';
import { ACCOUNT_HEADER, EXCHANGE_ID_HEADER, type Exchange, LEFT_OUT_HEADER } from '../exchange/exchange.js';
import { FALLBACK_HEADER, headerText } from '../exchange/fallback-header.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { onCutOff } from './client-connection.js';
import { answerHeadersFor } from './forwarded-headers.js';

/**
 * Hands an answer to the client: head, then every chunk as it comes, unchanged, no faster than the client reads.
 * Resolves when the client has it all, has left, or has received the error event of a broken upstream. Never rejects.
 */
export function relay(answer: UpstreamAnswer, response: ServerResponse, options: RelayOptions): Promise<void> {
  return new Promise((resolve) => new RelayedAnswer(answer, response, options, resolve).begin());
}

/** What is on record of an answer, what reads along, and when silence is filled. */
export interface RelayOptions {
  readonly exchange: Exchange;
  readonly observer: AnswerObserver;
  readonly pingAfterSeconds: number;
}

class RelayedAnswer implements BodySink {
  private waiting: Buffer[] = [];
  private hasRoom = true;
  private isOver = false;
  private pings: NodeJS.Timeout | undefined;
  private lingering: NodeJS.Timeout | undefined;

  private readonly exchange: Exchange;
  private readonly observer: AnswerObserver;

  constructor(
    private readonly answer: UpstreamAnswer,
    private readonly response: ServerResponse,
    private readonly options: RelayOptions,
    private readonly onOver: () => void,
  ) {
    this.exchange = options.exchange;
    this.observer = options.observer;
  }

  begin(): void {
    const { response, answer, exchange, observer } = this;
    exchange.respondedWith(answer.status);
    if (response.destroyed) {
      this.leave();
      return;
    }
    if (!response.headersSent) response.writeHead(answer.status, headOf(answer, exchange, observer.isEventStream));
    response.on('drain', () => this.makeRoom());
    response.once('close', () => this.leave());
    onCutOff(response, (reason) => this.cutOff(reason));
    if (observer.isEventStream) {
      this.pings = setInterval(() => this.ping(), this.options.pingAfterSeconds * 1_000);
    }
    answer.body.pipe(this);
    // Where the first event is there already, the head leaves with it: one write less.
    if (observer.isEventStream && this.waiting.length === 0 && !this.isOver) response.flushHeaders();
  }

  write(chunk: Buffer): boolean {
    // An upstream that sends on after the abort would fill the memory.
    if (this.isOver) return false;
    this.exchange.sent(chunk.length);
    this.observer.write(chunk);
    if (this.isTooLong) this.cutOff(new Error(`the answer has more than ${MAX_PASSED_ANSWER_BYTES} bytes`));
    else if (this.observer.idleBytes > MAX_IDLE_BYTES) {
      this.cutOff(new Error(`${MAX_IDLE_BYTES} bytes came without an event`));
    }
    if (this.isOver) return false;
    // What one read of the upstream's socket delivered goes out as one write: half the cost of a stream.
    if (this.waiting.push(chunk) === 1) process.nextTick(() => this.flush());
    return this.hasRoom;
  }

  /** Files and results of batches are as long as they are. */
  private get isTooLong(): boolean {
    return this.exchange.answerBytes > MAX_PASSED_ANSWER_BYTES && this.exchange.operation !== 'relay';
  }

  /** The message is complete; an upstream that keeps its stream open has nothing more to say. */
  private endLingering(): void {
    if (this.isOver) return;
    this.answer.body.destroy();
    this.close();
  }

  end(): void {
    const { isEventStream, canTellItsEnd, observed } = this.observer;
    if (!isEventStream) this.close();
    else if (canTellItsEnd) this.endStream(observed.hasEnded);
    else void this.endCompressedStream();
  }

  private endStream(isComplete: boolean): void {
    if (isComplete) this.close();
    else this.fail(new Error('the upstream ended its stream before the message was complete'));
  }

  /** It is read beside the bytes that pass, and a moment later. What could not be read at all is taken for complete. */
  private async endCompressedStream(): Promise<void> {
    const { observer } = this;
    await observer.finish();
    const hasBeenRead = observer.observed.model !== undefined;
    this.endStream(observer.observed.hasEnded || !hasBeenRead);
  }

  /**
   * Never a clean end, unless the message was complete: an error event where the client reads events, else a broken
   * connection.
   */
  fail(error: Error): void {
    if (this.isOver) return;
    if (this.observer.canTellItsEnd && this.observer.observed.hasEnded) {
      this.close();
      return;
    }
    this.exchange.broken(error.message);
    this.flush();
    if (this.observer.isEventStream && this.observer.canTellItsEnd) {
      this.response.write(this.errorEvent(error));
      this.close();
    } else {
      this.over();
      // What was written goes out first: Node keeps the writes of one turn together, and a destroyed socket drops them.
      this.response.socket?.destroySoon();
    }
  }

  private cutOff(reason: Error): void {
    if (this.isOver) return;
    this.fail(reason);
    this.answer.body.destroy();
  }

  /** What waits leaves with the end: one write for a whole small answer. */
  private close(): void {
    const rest = this.takeWaiting();
    this.over();
    this.response.end(rest);
  }

  private leave(): void {
    if (this.isOver) return;
    this.exchange.aborted();
    this.answer.body.destroy();
    this.over();
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.pings);
    clearTimeout(this.lingering);
    this.onOver();
  }

  private flush(): void {
    const bytes = this.takeWaiting();
    if (!bytes) return;
    this.hasRoom = this.response.write(bytes);
    this.pings?.refresh();
    if (this.observer.observed.hasEnded) this.lingering ??= setTimeout(() => this.endLingering(), MAX_LINGER_MS);
  }

  private takeWaiting(): Buffer | undefined {
    const { waiting } = this;
    if (waiting.length === 0 || this.isOver) return undefined;
    this.waiting = [];
    return waiting.length === 1 ? waiting[0] : Buffer.concat(waiting);
  }

  private makeRoom(): void {
    this.hasRoom = true;
    this.answer.body.resume();
  }

  private ping(): void {
    if (this.hasRoom && this.waiting.length === 0 && this.observer.isBetweenEvents) this.response.write(PING_EVENT);
  }

  private errorEvent(error: Error): string {
    const isOurs = error instanceof GatewayError;
    const message = isOurs ? error.message : `${this.exchange.upstream ?? 'the upstream'} broke off: ${error.message}`;
    const event = sseEvent('error', JSON.stringify(errorBody('api_error', message, this.exchange.id)));
    // Half an event has gone out: naming it a ping makes every client skip it, where a bare blank line would hand
    // them broken JSON.
    return this.observer.isBetweenEvents ? event : `\nevent: ping\n\n${event}`;
  }
}

function headOf(answer: UpstreamAnswer, exchange: Exchange, isEventStream: boolean): string[] {
  const headers = answerHeadersFor(answer.headers);
  if (isEventStream) dropContentLength(headers);
  if (exchange.upstream) headers.push('x-claude-proxy-upstream', exchange.upstream);
  if (exchange.account) headers.push(ACCOUNT_HEADER, exchange.account);
  if (exchange.fallbackReason) headers.push(FALLBACK_HEADER, headerText(exchange.fallbackReason));
  if (exchange.leftOut.length > 0) headers.push(LEFT_OUT_HEADER, headerText(exchange.leftOut.join(', ')));
  headers.push(EXCHANGE_ID_HEADER, exchange.id);
  if (!headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'request-id')) {
    headers.push('request-id', exchange.id);
  }
  return withLinesOf(exchange, headers);
}

/** Pings and a closing error event may make a stream longer than it was announced. */
function dropContentLength(headers: string[]): void {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if (headers[index]!.toLowerCase() === 'content-length') headers.splice(index, 2);
  }
}
