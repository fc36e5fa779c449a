import type { IncomingMessage } from 'node:http';

/** A client that sends less in a whole timeout does not want to finish: a modem of 1995 sends six times as much. */
const MIN_BYTES = 16 * 1024;

/**
 * Breaks a connection off whose request body trickles, so that a client cannot hold thousands of them open for nothing.
 * A body that we do not read, because Anthropic takes it slowly, is not slow.
 */
export function breakOffSlowBody(request: IncomingMessage, timeoutSeconds: number): void {
  const { headers, socket } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody) return;
  let bytesBefore = socket.bytesRead;
  const watch = setInterval(() => {
    const bytes = socket.bytesRead - bytesBefore;
    bytesBefore = socket.bytesRead;
    const isOurDelay = request.isPaused() || request.readableLength > 0;
    // A request that was answered before its body came whole never closes, only its socket does.
    if (request.complete || socket.destroyed) clearInterval(watch);
    else if (bytes < MIN_BYTES && !isOurDelay) socket.destroy();
  }, timeoutSeconds * 1_000).unref();
  request.once('close', () => clearInterval(watch));
}
