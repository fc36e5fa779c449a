import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../exchange/gateway-error.js';

/** What the Messages API takes. Source: https://platform.claude.com/docs/en/api/errors */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Between these a body is read into one buffer of its announced size: chunks that are joined are held twice. */
const SMALLEST_WHOLE_BYTES = 128 * 1024;
const LARGEST_WHOLE_BYTES = 4 * 1024 * 1024;
/** The buffer is made once this part of the body has come: an announcement alone costs its sender nothing. */
const ANNOUNCEMENT_COUNTS_FROM = 1 / 4;

/** Gets the length of every piece that comes; throws if no room is left for it. */
export type TakeRoom = (bytes: number) => void;

/**
 * The body, byte for byte. A body that announces itself as too large is not read at all, one that turns out to be is
 * read up to the limit.
 *
 * @throws GatewayError request_too_large, invalid_request_error when the client leaves before its body is complete, and
 *   what `takeRoom` throws
 */
export function readRequestBody(request: IncomingMessage, takeRoom: TakeRoom): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MAX_BODY_BYTES) return Promise.reject(tooLarge(MAX_BODY_BYTES));
  return new Promise((resolve, reject) => {
    const body = new GrowingBody(announced);
    request.on('data', (chunk: Buffer) => {
      try {
        if (body.length + chunk.length > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
        takeRoom(chunk.length);
        body.add(chunk);
      } catch (error) {
        request.removeAllListeners('data').pause();
        reject(error);
      }
    });
    request.on('end', () => resolve(body.whole()));
    request.on('error', (cause) => reject(incomplete(cause)));
    request.on('close', () => request.complete || reject(incomplete()));
  });
}

class GrowingBody {
  length = 0;
  private chunks: Buffer[] = [];
  private buffer: Buffer | undefined;
  private readonly isBuffered: boolean;

  constructor(private readonly announced: number) {
    this.isBuffered = announced >= SMALLEST_WHOLE_BYTES && announced <= LARGEST_WHOLE_BYTES;
  }

  add(chunk: Buffer): void {
    if (this.buffer) this.buffer.set(chunk, this.length);
    else this.chunks.push(chunk);
    this.length += chunk.length;
    const isDue = this.isBuffered && !this.buffer && this.length >= this.announced * ANNOUNCEMENT_COUNTS_FROM;
    if (isDue) this.gather(Buffer.allocUnsafeSlow(this.announced));
  }

  whole(): Buffer {
    return this.buffer ?? (this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks, this.length));
  }

  private gather(buffer: Buffer): void {
    let at = 0;
    for (const chunk of this.chunks) {
      buffer.set(chunk, at);
      at += chunk.length;
    }
    this.chunks = [];
    this.buffer = buffer;
  }
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
