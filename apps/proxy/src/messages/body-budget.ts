import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Exchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { type MessagesConfig, messagesSection } from './messages.config.js';
import { MAX_BODY_BYTES, readRequestBody } from './request-body.js';

const RETRY_AFTER_SECONDS = 5;

/**
 * Bounds the request bodies in memory. A body stays there until its exchange is over, because it is sent again where
 * an upstream fails, and held by the connection it left on; so that is how long it is counted. A compressed one is held
 * beside what it decodes to.
 */
@Injectable()
export class BodyBudget {
  private readonly bytesOf = new Map<Exchange, number>();
  private bytes = 0;

  constructor(
    feed: ExchangeFeed,
    @Inject(messagesSection.token) private readonly config: MessagesConfig,
  ) {
    feed.onFinished((exchange) => this.release(exchange));
  }

  /** Bytes held or promised. */
  get heldBytes(): number {
    return this.bytes;
  }

  /**
   * The body, byte for byte; counted until the exchange is told to be finished.
   *
   * @throws GatewayError overloaded_error where there is no room, and as `readRequestBody` does
   */
  async read(request: IncomingMessage, exchange: Exchange): Promise<Buffer> {
    const announced = request.headers['content-length'];
    if (announced === undefined) return this.readUnannounced(request, exchange);
    // What is too large is refused unread, and takes no room.
    if (Number(announced) <= MAX_BODY_BYTES) this.take(exchange, Number(announced));
    return readRequestBody(request);
  }

  private readUnannounced(request: IncomingMessage, exchange: Exchange): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      request.on('data', (chunk: Buffer) => {
        try {
          this.take(exchange, chunk.length);
        } catch (error) {
          request.removeAllListeners('data').pause();
          reject(error);
        }
      });
      readRequestBody(request).then(resolve, reject);
    });
  }

  /**
   * Counts what else is held of the body, until the exchange is told to be finished.
   *
   * @throws GatewayError overloaded_error where there is no room
   */
  take(exchange: Exchange, bytes: number): void {
    if (this.bytes + bytes > this.config.maxBufferedBytes) throw noRoom();
    this.bytes += bytes;
    this.bytesOf.set(exchange, (this.bytesOf.get(exchange) ?? 0) + bytes);
  }

  private release(exchange: Exchange): void {
    this.bytes -= this.bytesOf.get(exchange) ?? 0;
    this.bytesOf.delete(exchange);
  }
}

function noRoom(): GatewayError {
  return new GatewayError({
    type: 'overloaded_error',
    status: 503,
    message: 'The gateway holds as many request bodies as MAX_BUFFERED_BYTES allows.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
