import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../exchange/gateway-error.js';

/** What the Messages API takes. Source: https://platform.claude.com/docs/en/api/errors */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * The body, byte for byte. A body that announces itself as too large is not read at all, one that turns out to be is
 * read up to the limit.
 *
 * @throws GatewayError request_too_large, and invalid_request_error when the client leaves before its body is complete
 */
export function readRequestBody(request: IncomingMessage, limitBytes = MAX_BODY_BYTES): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return Promise.reject(tooLarge(limitBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) chunks.push(chunk);
      else {
        request.removeAllListeners('data').pause();
        reject(tooLarge(limitBytes));
      }
    });
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
    request.once('error', (cause) => reject(incomplete(cause)));
    request.once('close', () => request.complete || reject(incomplete()));
  });
}

function incomplete(cause?: unknown): GatewayError {
  const message = 'The client left before its body was complete.';
  return new GatewayError({ type: 'invalid_request_error', message, cause });
}

export function tooLarge(limitBytes: number): GatewayError {
  return new GatewayError({
    type: 'request_too_large',
    message: `The request body exceeds ${limitBytes / 1024 / 1024} MiB.`,
  });
}
