import type { ServerResponse } from 'node:http';
import type { AnswerBody, BodySink } from '@claude-proxy/upstream';
import type { Exchange } from '../exchange/exchange.js';

/** A comment: every reader of server-sent events skips it. */
export const KEEP_ALIVE = ': ping\n\n';

export interface StreamOptions {
  readonly exchange: Exchange;
  readonly pingAfterSeconds: number;
}

/** Hands a translated stream to a client whose head has been sent. Resolves when that is over. Never rejects. */
export function relayStream(body: AnswerBody, response: ServerResponse, options: StreamOptions): Promise<void> {
  return new Promise((resolve) => new RelayedStream(body, response, options, resolve).begin());
}

class RelayedStream implements BodySink {
  private hasRoom = true;
  private isOver = false;
  private keepAlives: NodeJS.Timeout | undefined;

  constructor(
    private readonly body: AnswerBody,
    private readonly response: ServerResponse,
    private readonly options: StreamOptions,
    private readonly onOver: () => void,
  ) {}

  begin(): void {
    const { response, body } = this;
    if (response.destroyed) {
      this.leave();
      return;
    }
    response.on('drain', () => this.makeRoom());
    response.once('close', () => this.leave());
    response.flushHeaders();
    this.keepAlives = setInterval(() => this.keepAlive(), this.options.pingAfterSeconds * 1_000);
    body.pipe(this);
  }

  write(chunk: Buffer): boolean {
    const { exchange } = this.options;
    exchange.sent(chunk.length);
    if (!this.isOver) this.hasRoom = this.response.write(chunk);
    this.keepAlives?.refresh();
    return this.hasRoom;
  }

  end(): void {
    this.over();
    this.response.end();
  }

  /** A translated body reports its faults as events; this one is unexpected. */
  fail(): void {
    this.over();
    this.response.destroy();
  }

  private leave(): void {
    if (this.isOver) return;
    this.options.exchange.aborted();
    this.body.destroy();
    this.over();
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.keepAlives);
    this.onOver();
  }

  private makeRoom(): void {
    this.hasRoom = true;
    this.body.resume();
  }

  private keepAlive(): void {
    if (this.hasRoom) this.response.write(KEEP_ALIVE);
  }
}
