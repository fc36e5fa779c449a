import { Readable } from 'node:stream';
import { type RelayRequest, type StepRequest, type StepRun } from '@claude-proxy/upstream';
import { GatewayError } from '../../exchange/gateway-error.js';
import { decodedBody } from '../../http/decoded-body.js';
import { MAX_BODY_BYTES, type TakeRoom, tooLarge } from '../../http/request-body.js';
import { headersOfReplacedBody } from './stepped-request.js';

const EMPTY = Buffer.alloc(0);

/** The body of a relayed request. It streams to the upstream, unless a step reads it. */
export class RelayedBody {
  private readonly source: Readable | undefined;
  private received: Buffer | undefined;
  private decoded: Promise<Buffer> | undefined;

  constructor(
    private request: RelayRequest,
    private readonly takeRoom: TakeRoom,
  ) {
    this.source = request.body;
  }

  get stepRequest(): StepRequest {
    const { method, path, headers } = this.request;
    const readBody = () => this.read();
    return { operation: 'relay', method, path, headers, model: undefined, isStream: false, body: undefined, readBody };
  }

  apply({ body, headers = this.request.headers }: StepRun): void {
    if (!body) {
      this.request = { ...this.request, headers };
      return;
    }
    this.takeRoom(body.length);
    this.received = body;
    this.decoded = Promise.resolve(body);
    this.request = {
      ...this.request,
      headers: [...headersOfReplacedBody(headers), 'content-length', String(body.length)],
    };
  }

  /** What is sent: the source itself if no step has read it. */
  toRequest(): RelayRequest {
    return this.received === undefined ? this.request : { ...this.request, body: Readable.from([this.received]) };
  }

  private read(): Promise<Buffer> {
    this.decoded ??= this.readSource();
    return this.decoded;
  }

  private async readSource(): Promise<Buffer> {
    if (!this.source) return EMPTY;
    this.received = await wholeOf(this.source, this.takeRoom);
    return decodedBody({ headers: this.request.headers, body: this.received }, this.takeRoom, () => 415);
  }
}

async function wholeOf(source: Readable, takeRoom: TakeRoom): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
      takeRoom(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    const message = 'The client left before its body was complete.';
    throw new GatewayError({ type: 'invalid_request_error', message, cause: error });
  }
  return Buffer.concat(chunks, length);
}
