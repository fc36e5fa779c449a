import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecordedRequest } from './http-recording.js';

/** The address of a simulator. Default: a free port on loopback. */
export interface ListenOptions {
  readonly port?: number;
  readonly host?: string;
  /** False for load tests: requests are answered and not recorded. */
  readonly isRecording?: boolean;
}

/** One request during its handling. `signal` aborts as soon as the connection is closed. */
export interface SimulatedExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly recorded: RecordedRequest;
  readonly requestId: string;
  /** Names the owners of the credential, in place of the simulator's own organization. */
  readonly ownerHeaders?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

type Handler = (exchange: SimulatedExchange) => Promise<void>;

const POLL_INTERVAL_MS = 2;

/** A recording HTTP/1.1 server on a real socket. It has no timeouts of its own. */
export class SimulatedServer {
  readonly requests: RecordedRequest[] = [];
  readonly #server: Server;
  readonly #handle: Handler;
  readonly #createRequestId: () => string;
  #isRecording = true;

  constructor(handle: Handler, createRequestId: () => string) {
    this.#handle = handle;
    this.#createRequestId = createRequestId;
    const settings = { keepAliveTimeout: 120_000, requestTimeout: 0, headersTimeout: 0, noDelay: true };
    this.#server = createServer(settings, (request, response) => void this.#serve(request, response));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(options: ListenOptions): Promise<string> {
    this.#isRecording = options.isRecording ?? true;
    const host = options.host ?? '127.0.0.1';
    this.#server.listen(options.port ?? 0, host);
    await once(this.#server, 'listening');
    return `http://${host}:${this.port}`;
  }

  /** Resolves with the request of this index once it has arrived completely. */
  async requestAt(index: number): Promise<RecordedRequest> {
    let recorded = this.requests[index];
    while (recorded === undefined) {
      if (!this.#server.listening) throw new Error(`The simulator was closed before request ${index} arrived`);
      await sleep(POLL_INTERVAL_MS);
      recorded = this.requests[index];
    }
    await recorded.bodyRead;
    return recorded;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    for (const recorded of this.requests) recorded.brokenBySimulator = true;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const recorded = new RecordedRequest(request, response);
    if (this.#isRecording) this.requests.push(recorded);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    response.on('error', () => gone.abort());
    const exchange = { request, response, recorded, requestId: this.#createRequestId(), signal: gone.signal };
    try {
      await this.#handle(exchange);
    } catch (error) {
      reportFault(exchange, error);
    }
  }
}

function reportFault({ response, signal, recorded }: SimulatedExchange, error: unknown): void {
  if (signal.aborted || response.destroyed) return;
  if (response.headersSent) {
    recorded.brokenBySimulator = true;
    response.destroy();
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  response.writeHead(500, { 'content-type': 'text/plain' }).end(`The simulator itself failed: ${text}`);
}
