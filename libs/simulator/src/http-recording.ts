import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** How an exchange ended, as seen by the simulator. */
export type FinishReason = 'answered' | 'closed_by_client' | 'broken_by_simulator';

const MODEL_IN_PATH = /^\/model\/([^/]+)\//;

/** One request as it arrived, and its outcome. `body` is complete once `bodyRead` resolves. */
export class RecordedRequest {
  readonly method: string;
  /** Path and query, exactly as sent. */
  readonly path: string;
  readonly pathname: string;
  /** Alternating names and values, in the sender's spelling and order. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly receivedAt = Date.now();
  readonly bodyRead: Promise<void>;
  readonly finished: Promise<FinishReason>;
  body: Buffer = Buffer.alloc(0);
  bodyBytes = 0;
  /** Bytes of the answer before compression that were passed to the socket. */
  bytesWritten = 0;
  finishedAt: number | undefined;
  finishReason: FinishReason | undefined;
  brokenBySimulator = false;
  readonly #markBodyRead: () => void;
  #json: Record<string, unknown> | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.method = request.method ?? '';
    this.path = request.url ?? '';
    this.pathname = this.path.split('?', 1)[0] ?? '';
    this.rawHeaders = request.rawHeaders;
    this.headers = request.headers;
    const bodyRead = Promise.withResolvers<void>();
    this.bodyRead = bodyRead.promise;
    this.#markBodyRead = bodyRead.resolve;
    this.finished = new Promise((resolve) => response.once('close', () => resolve(this.#finish(response))));
  }

  /** True if the client left before the answer was complete. */
  get closedByClient(): boolean {
    return this.finishReason === 'closed_by_client';
  }

  /** The body as a JSON object; undefined if it is not one. */
  get json(): Record<string, unknown> | undefined {
    this.#json ??= objectOf(this.body);
    return this.#json;
  }

  /** Bedrock: the decoded model id of the path. Anthropic: the `model` of the body. */
  get model(): string | undefined {
    const id = MODEL_IN_PATH.exec(this.pathname)?.[1];
    if (id !== undefined) return decodeURIComponent(id);
    return typeof this.json?.model === 'string' ? this.json.model : undefined;
  }

  /** The caller's credential: `x-api-key`, else the value of `authorization` without `Bearer`. */
  get credential(): string | undefined {
    const key = this.headers['x-api-key'];
    return typeof key === 'string' ? key : this.headers.authorization?.replace(/^Bearer\s+/i, '');
  }

  bodyComplete(body: Buffer, bodyBytes = body.length): void {
    this.body = body;
    this.bodyBytes = bodyBytes;
    this.#markBodyRead();
  }

  #finish(response: ServerResponse): FinishReason {
    const unfinished = this.brokenBySimulator ? 'broken_by_simulator' : 'closed_by_client';
    this.finishReason = response.writableFinished ? 'answered' : unfinished;
    this.finishedAt = Date.now();
    return this.finishReason;
  }
}

/** Reads a whole request body into memory. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function objectOf(body: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
