import type { FastifyReply } from 'fastify';

/** What goes out before the answer. */
export interface EarlyResponseOptions {
  /** Header lines beside those of every event stream, asked for when the head goes out. */
  headers(): readonly string[];
  /** What every reader of this dialect skips. */
  readonly ping: string;
  readonly pingAfterSeconds: number;
}

const EVENT_STREAM = ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache'];

/**
 * The head of a stream that goes out before the answer, and pings after it, so that no proxy on the way takes
 * a silent connection for dead. The status is spent with it; the choice of the upstream is not.
 */
export class EarlyResponse {
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly reply: FastifyReply,
    private readonly options: EarlyResponseOptions,
  ) {
    this.timer = setInterval(() => this.ping(), options.pingAfterSeconds * 1_000);
  }

  get isSent(): boolean {
    return this.reply.raw.headersSent;
  }

  /** No more pings: an answer is there, or the wait was for nothing. */
  end(): void {
    clearInterval(this.timer);
  }

  /** The last event of a stream without further content. */
  close(event: string): void {
    this.end();
    if (!this.reply.raw.destroyed) this.reply.raw.end(event);
  }

  private ping(): void {
    const { reply, options } = this;
    const { raw: response } = reply;
    if (response.destroyed) return;
    if (!response.headersSent) {
      reply.hijack();
      response.writeHead(200, [...EVENT_STREAM, ...options.headers()]);
    }
    if (!response.writableNeedDrain) response.write(options.ping);
  }
}
