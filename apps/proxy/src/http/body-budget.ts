import type { Credential } from '@claude-proxy/upstream';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Exchange, FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { type HttpConfig, httpSection } from './http.config.js';
import { MAX_BODY_BYTES, readRequestBody } from './request-body.js';

const RETRY_AFTER_SECONDS = 5;
const SHARE_OF_ALL = 1 / 4;

/** What one exchange holds, and in whose names it is counted. */
interface Holding {
  readonly owners: readonly string[];
  bytes: number;
}

/**
 * Bounds the request bodies in memory, and what is made of them. A body stays there until its exchange is over, because
 * it is sent again where an upstream fails, and held by the connection it left on; so that is how long it is counted. A
 * compressed one is held beside what it decodes to.
 *
 * Room is taken for bytes that came, not for a `content-length`. A last part of it, a quarter but at least one body, is
 * kept for callers that hold less than that part: neither one address nor one credential can take all the room. A lone
 * caller has the rest, three quarters. The operator's credential is shared, so there the user is counted in its place.
 */
@Injectable()
export class BodyBudget {
  private readonly holdings = new Map<FinishedExchange, Holding>();
  private readonly bytesByOwner = new Map<string, number>();
  private readonly shareBytes: number;
  private bytes = 0;

  constructor(
    private readonly feed: ExchangeFeed,
    @Inject(httpSection.token) private readonly config: HttpConfig,
  ) {
    this.shareBytes = Math.max(MAX_BODY_BYTES, config.maxBufferedBytes * SHARE_OF_ALL);
    feed.onFinished((exchange) => this.release(exchange));
  }

  get heldBytes(): number {
    return this.bytes;
  }

  /** Of `MAX_BUFFERED_BYTES`. */
  get heldPercent(): number {
    return Math.round((this.bytes / this.config.maxBufferedBytes) * 100);
  }

  /**
   * The body, byte for byte; counted until its exchange is finished.
   *
   * @throws GatewayError overloaded_error if no room is left, and as `readRequestBody` does
   */
  async read({ raw, ip }: FastifyRequest, exchange: Exchange, credential: Credential | undefined): Promise<Buffer> {
    const holding = { owners: [`address ${ip}`, payerOf(exchange, credential)], bytes: 0 };
    this.holdings.set(exchange, holding);
    const announced = Number(raw.headers['content-length'] ?? 0);
    // What does not fit now is refused unread. Bodies over the limit are refused as too large instead.
    if (announced <= MAX_BODY_BYTES) this.expectRoom(holding, announced);
    const body = await readRequestBody(raw, (bytes) => this.take(exchange, bytes));
    exchange.received(body.length);
    this.feed.received(exchange);
    return body;
  }

  /**
   * Counts what else is held of the body, until the exchange is finished.
   *
   * @throws GatewayError overloaded_error if no room is left
   */
  take(exchange: Exchange, bytes: number): void {
    const holding = this.holdings.get(exchange);
    // Its exchange is over: the client has left, and the bytes that still come are dropped.
    if (!holding) return;
    this.expectRoom(holding, bytes);
    this.add(holding, bytes);
  }

  /** Begins to count for an exchange whose body is not read here. */
  open(exchange: Exchange, credential: Credential | undefined): void {
    this.holdings.set(exchange, { owners: [payerOf(exchange, credential)], bytes: 0 });
  }

  /** Gives back the room of bytes that are not held any more. */
  giveBack(exchange: Exchange, bytes: number): void {
    const holding = this.holdings.get(exchange);
    if (holding) this.add(holding, -bytes);
  }

  private expectRoom({ owners }: Holding, bytes: number): void {
    const { maxBufferedBytes } = this.config;
    const all = this.bytes + bytes;
    if (all > maxBufferedBytes) throw noRoom('The gateway holds');
    if (all <= maxBufferedBytes - this.shareBytes) return;
    const isOverShare = owners.some((owner) => (this.bytesByOwner.get(owner) ?? 0) + bytes > this.shareBytes);
    if (isOverShare) throw noRoom('This client address, credential or user holds');
  }

  private add(holding: Holding, bytes: number): void {
    this.bytes += bytes;
    holding.bytes += bytes;
    for (const owner of holding.owners) {
      const held = (this.bytesByOwner.get(owner) ?? 0) + bytes;
      if (held > 0) this.bytesByOwner.set(owner, held);
      else this.bytesByOwner.delete(owner);
    }
  }

  private release(exchange: FinishedExchange): void {
    const holding = this.holdings.get(exchange);
    if (!holding) return;
    this.add(holding, -holding.bytes);
    this.holdings.delete(exchange);
  }
}

function payerOf({ user }: Exchange, credential: Credential | undefined): string {
  return credential?.source === 'client' ? `credential ${credential.fingerprint}` : `user ${user}`;
}

function noRoom(holder: string): GatewayError {
  return new GatewayError({
    type: 'overloaded_error',
    status: 503,
    message: `${holder} as many bytes of request bodies as MAX_BUFFERED_BYTES allows. Send the request again later.`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
