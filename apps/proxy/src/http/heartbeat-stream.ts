import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  type ContentEncoding,
  contentEncodingOf,
  decodeBytes,
  decodingStream,
  errorBody,
  errorTypeOfStatus,
  maxDecodedBytes,
  PING_EVENT,
  sseEvent,
} from '@claude-proxy/messages-api';
import {
  bodyOfChunks,
  chunksOfBody,
  type HeaderLines,
  headerOf,
  headersWhere,
  readBody,
  type UpstreamAnswer,
} from '@claude-proxy/upstream';
import type { FastifyReply } from 'fastify';
import { withLinesOf } from '../exchange/answer-headers.js';
import { AnswerObserver } from '../exchange/answer-observer.js';
import { EXCHANGE_ID_HEADER, type Exchange } from '../exchange/exchange.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { EarlyResponse } from './early-response.js';
import { relay } from './relay.js';

const MAX_REFUSAL_BYTES = 8 * 1024 * 1024;
const MAX_REFUSAL_MS = 10_000;

/**
 * A client that has asked for a stream and hears nothing: after some seconds it gets the head of a stream and pings.
 * Whatever comes then comes as events, also a refusal.
 */
export class HeartbeatStream {
  private readonly response: ServerResponse;
  private readonly head: EarlyResponse;

  constructor(
    reply: FastifyReply,
    private readonly exchange: Exchange,
    private readonly signal: AbortSignal,
    private readonly pingAfterSeconds: number,
  ) {
    this.response = reply.raw;
    const headers = () => withLinesOf(exchange, [EXCHANGE_ID_HEADER, exchange.id, 'request-id', exchange.id]);
    this.head = new EarlyResponse(reply, { headers, ping: PING_EVENT, pingAfterSeconds });
  }

  get hasBegun(): boolean {
    return this.head.isSent;
  }

  /** No more pings: an answer is there, or the wait was for nothing. */
  end(): void {
    this.head.end();
  }

  /** Hands an answer on in the stream that has begun. Never rejects. */
  async deliver(answer: UpstreamAnswer, observer: AnswerObserver): Promise<void> {
    const { pingAfterSeconds, exchange } = this;
    exchange.respondedWith(answer.status);
    if (answer.status >= 400 || !observer.isEventStream) {
      const refusal = await refusalIn(answer, exchange.id, this.signal);
      if (this.response.destroyed) exchange.aborted();
      else exchange.rejectedLate(answer.status < 400 ? 'the upstream answered no stream' : undefined);
      return this.refuse(refusal);
    }
    if (observer.canTellItsEnd) return relay(answer, this.response, { exchange, observer, pingAfterSeconds });
    const plain = decoded(answer, observer);
    if (plain)
      return relay(plain, this.response, { exchange, observer: new AnswerObserver(plain.headers), pingAfterSeconds });
    answer.body.destroy();
    const error = unreadable();
    exchange.rejectedLate(error.message);
    this.refuseFor(error);
  }

  /** Tells a refusal as Anthropic tells one in mid-stream. */
  refuse(body: string): void {
    this.head.close(sseEvent('error', body));
  }

  refuseFor(error: unknown): void {
    const { id } = this.exchange;
    const isOurs = error instanceof GatewayError;
    const refusal = isOurs
      ? errorBody(error.type, error.message, id, error.details)
      : errorBody('api_error', 'Failed.', id);
    this.refuse(JSON.stringify(refusal));
  }
}

/** What an upstream said instead of a stream, on one line. */
async function refusalIn(answer: UpstreamAnswer, exchangeId: string, signal: AbortSignal): Promise<string> {
  const type = errorTypeOfStatus(answer.status);
  try {
    const encoding = encodingOf(answer.headers);
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(MAX_REFUSAL_MS)]);
    const body = await readBody(answer.body, MAX_REFUSAL_BYTES, inTime);
    const limitBytes = maxDecodedBytes(body.length, MAX_REFUSAL_BYTES);
    const text = encoding ? await decodeBytes(body, encoding, limitBytes) : body;
    const refusal = JSON.parse(text.toString());
    if (refusal.type === 'error') return JSON.stringify(refusal);
  } catch {
    // Said below.
  }
  return JSON.stringify(errorBody(type, `The upstream answered ${answer.status} and no stream.`, exchangeId));
}

/** The head has been sent without a coding, so the body has to come without one. What is counted is what came. */
function decoded({ status, headers, body }: UpstreamAnswer, observer: AnswerObserver): UpstreamAnswer | undefined {
  const encoding = encodingOf(headers);
  if (!encoding) return undefined;
  const source = Readable.from(counted(chunksOfBody(body), observer));
  const decoder = decodingStream(encoding);
  source.once('error', (error) => decoder.destroy(error));
  source.pipe(decoder);
  const plain = headersWhere(headers, (name) => name !== 'content-encoding');
  const release = () => {
    source.destroy();
    decoder.destroy();
    body.destroy();
  };
  return { status, headers: plain, body: bodyOfChunks(decoder, release) };
}

function encodingOf(headers: HeaderLines): ContentEncoding | undefined {
  try {
    return contentEncodingOf(headerOf(headers, 'content-encoding'));
  } catch {
    return undefined;
  }
}

function unreadable(): GatewayError {
  return new GatewayError({ type: 'api_error', message: 'The answer came in a coding that cannot be read here.' });
}

async function* counted(chunks: AsyncIterable<Buffer>, observer: AnswerObserver): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    observer.write(chunk);
    yield chunk;
  }
}
