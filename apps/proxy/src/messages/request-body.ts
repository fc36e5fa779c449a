import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../exchange/gateway-error.js';

/** What the Messages API takes. Source: https://platform.claude.com/docs/en/api/errors */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Between these a body is read into one buffer of its announced size; no more is set aside for a mere announcement. */
const SMALLEST_WHOLE_BYTES = 128 * 1024;
const LARGEST_WHOLE_BYTES = 4 * 1024 * 1024;

/**
 * The body, byte for byte. A body that announces itself as too large is not read at all, one that turns out to be is
 * read up to the limit.
 *
 * @throws GatewayError request_too_large, and invalid_request_error when the client leaves before its body is complete
 */
export function readRequestBody(request: IncomingMessage, limitBytes = MAX_BODY_BYTES): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes) return Promise.reject(tooLarge(limitBytes));
  return new Promise((resolve, reject) => {
    const whole = wholeBufferFor(announced);
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      if (whole) whole.set(chunk, length);
      else chunks.push(chunk);
      length += chunk.length;
      if (length > limitBytes) {
        request.removeAllListeners('data').pause();
        reject(tooLarge(limitBytes));
      }
    });
    request.once('end', () => resolve(whole ?? (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length))));
    request.once('error', (cause) => reject(incomplete(cause)));
    request.once('close', () => request.complete || reject(incomplete()));
  });
}

/** Chunks that are put together afterwards would be held twice. */
function wholeBufferFor(announced: number): Buffer | undefined {
  const fits = announced >= SMALLEST_WHOLE_BYTES && announced <= LARGEST_WHOLE_BYTES;
  return fits ? Buffer.allocUnsafeSlow(announced) : undefined;
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
