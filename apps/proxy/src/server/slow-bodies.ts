import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** A client that sends less in a whole timeout does not want to finish: a modem of 1995 sends six times as much. */
const MIN_BYTES = 16 * 1024;
/** A slow body is broken off at most a fourth of the timeout late. */
const LOOKS_PER_TIMEOUT = 4;

interface Progress {
  readonly socket: Socket;
  bytesBefore: number;
  dueMs: number;
}

/**
 * Breaks a connection off whose request body trickles, so that a client cannot hold thousands of them open for nothing.
 * A body that we do not read, because Anthropic takes it slowly, is not slow. One timer looks at all of them.
 */
export class SlowBodies {
  private arrived: IncomingMessage[] = [];
  private readonly watched = new Map<IncomingMessage, Progress>();
  private readonly timeoutMs: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(timeoutSeconds: number) {
    this.timeoutMs = timeoutSeconds * 1_000;
  }

  /** Begins a turn later: a body that comes in one read with its head, as most do, is complete by then. */
  watch(request: IncomingMessage): void {
    if (this.arrived.push(request) === 1) setImmediate(() => this.watchIncomplete());
  }

  private watchIncomplete(): void {
    const requests = this.arrived;
    this.arrived = [];
    const dueMs = performance.now() + this.timeoutMs;
    for (const request of requests) {
      const { complete, socket } = request;
      // A connection that has ended meanwhile has no socket.
      if (!complete && socket) this.follow(request, { socket, bytesBefore: socket.bytesRead, dueMs });
    }
    if (this.watched.size > 0)
      this.timer ??= setInterval(() => this.look(), this.timeoutMs / LOOKS_PER_TIMEOUT).unref();
  }

  /** Only until its end: a map that lives long would carry ended requests into old space. */
  private follow(request: IncomingMessage, progress: Progress): void {
    this.watched.set(request, progress);
    request.once('close', () => this.watched.delete(request));
  }

  private look(): void {
    const nowMs = performance.now();
    for (const [request, progress] of this.watched) {
      // A request that was answered before its body came whole never closes, only its socket does.
      if (request.complete || progress.socket.destroyed) this.watched.delete(request);
      else if (nowMs >= progress.dueMs) this.expectProgress(request, progress, nowMs);
    }
    if (this.watched.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private expectProgress(request: IncomingMessage, progress: Progress, nowMs: number): void {
    const { socket } = progress;
    const bytes = socket.bytesRead - progress.bytesBefore;
    progress.bytesBefore = socket.bytesRead;
    progress.dueMs = nowMs + this.timeoutMs;
    const isOurDelay = request.isPaused() || request.readableLength > 0;
    if (bytes < MIN_BYTES && !isOurDelay) socket.destroy();
  }
}
