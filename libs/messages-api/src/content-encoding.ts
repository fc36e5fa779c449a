import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** The content codings of RFC 9110 that clients and the Messages API use. */
export type ContentEncoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Length of a coding's name in an error message. */
const MAX_NAME_CHARACTERS = 60;

function isContentEncoding(value: string): value is ContentEncoding {
  return value === 'gzip' || value === 'deflate' || value === 'br' || value === 'zstd';
}

/** The coding in a `content-encoding` header; undefined if there is none. @throws RangeError for an unsupported one */
export function contentEncodingOf(header: string | undefined): ContentEncoding | undefined {
  const name = header?.trim().toLowerCase();
  if (!name || name === 'identity') return undefined;
  if (name === 'x-gzip') return 'gzip';
  if (isContentEncoding(name)) return name;
  throw new RangeError(`content-encoding ${JSON.stringify(name.slice(0, MAX_NAME_CHARACTERS))} is not supported`);
}

/**
 * Decodes a complete body.
 *
 * @param onDecoded called with the length of each decoded piece; an exception from it stops the decoding
 * @throws RangeError if the body decodes to more than `limitBytes`: a few kilobytes can contain gigabytes
 * @throws Error if the body does not match its header
 */
export async function decodeBytes(
  bytes: Buffer,
  encoding: ContentEncoding,
  limitBytes: number,
  onDecoded?: (bytes: number) => void,
): Promise<Buffer> {
  const decoder = decodingStream(encoding);
  decoder.end(bytes);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of decoder as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limitBytes) throw new RangeError(`decodes to more than ${limitBytes} bytes`);
    onDecoded?.(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** A stream that decodes bytes as they arrive. */
export function decodingStream(encoding: ContentEncoding): Transform {
  switch (encoding) {
    case 'gzip':
      return zlib.createGunzip({ flush: zlib.constants.Z_SYNC_FLUSH });
    case 'deflate':
      return zlib.createInflate({ flush: zlib.constants.Z_SYNC_FLUSH });
    case 'br':
      return zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH });
    case 'zstd':
      return zlib.createZstdDecompress();
  }
}
