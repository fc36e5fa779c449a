import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayError } from '../exchange/gateway-error.js';
import { cutOff } from '../http/client-connection.js';

const SWEEP_MS = 200;
/** A request line or headers that have begun to arrive when draining begins have this long to become complete. */
const HALF_SENT_MS = 5_000;
/** An error event or a refusal that ends an answer early has this long to reach its reader. */
const LAST_WORDS_MS = 1_000;

/** The connections of a server that ends: lets running answers end, closes the others. */
export class ServerDrain {
  private readonly connections = new Set<Socket>();
  private readonly running = new Set<ServerResponse>();
  private startedAtMs = 0;
  private cutCount = 0;
  private isCut = false;

  /** Before the server listens. */
  constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
    server.on('request', (_request, response) => {
      this.running.add(response);
      response.once('close', () => this.running.delete(response));
    });
  }

  /**
   * Accepts no new connections, and resolves once the last one is closed: after the time-out by force.
   *
   * @returns how many running answers were cut off
   */
  async untilClosed(timeoutMs: number): Promise<number> {
    this.startedAtMs = performance.now();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.closeUnused();
    // A connection is idle only between requests, so those that end one later are closed as they do.
    const sweep = setInterval(() => this.closeUnused(), SWEEP_MS);
    const deadline = setTimeout(() => this.cutOff(), timeoutMs);
    await closed;
    clearInterval(sweep);
    clearTimeout(deadline);
    return this.cutCount;
  }

  /** Ends running answers now, each with an error in its own form where one can still be sent. */
  cutOff(): void {
    if (this.isCut) return;
    this.isCut = true;
    this.cutCount = this.running.size;
    for (const response of this.running) cutOff(response, errorOfShutdown());
    setTimeout(() => {
      this.server.closeAllConnections();
      for (const socket of this.connections) socket.destroy();
    }, LAST_WORDS_MS);
  }

  /** Browsers and pools open connections ahead of time; before a first byte Node does not call them idle. */
  private closeUnused(): void {
    this.server.closeIdleConnections();
    const isHalfSentOver = performance.now() - this.startedAtMs > HALF_SENT_MS;
    const used = new Set(Array.from(this.running, ({ socket }) => socket));
    for (const socket of this.connections) {
      if (!used.has(socket) && (socket.bytesRead === 0 || isHalfSentOver)) socket.destroy();
    }
  }
}

function errorOfShutdown(): GatewayError {
  return new GatewayError({
    type: 'api_error',
    status: 503,
    message: 'The gateway is shutting down and ended this answer early. Send the request again.',
  });
}
