import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

/** The content codings of RFC 9110 that clients and the Messages API use. */
export type ContentEncoding = 'gzip' | 'deflate' | 'br' | 'zstd';

function isContentEncoding(value: string): value is ContentEncoding {
  return value === 'gzip' || value === 'deflate' || value === 'br' || value === 'zstd';
}

/** The coding named by a `content-encoding` header; undefined for none. @throws RangeError for one not known here. */
export function contentEncodingOf(header: string | undefined): ContentEncoding | undefined {
  const name = header?.trim().toLowerCase();
  if (!name || name === 'identity') return undefined;
  if (name === 'x-gzip') return 'gzip';
  if (isContentEncoding(name)) return name;
  throw new RangeError(`content-encoding ${JSON.stringify(name)} is not supported`);
}

const DECODERS = {
  gzip: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  deflate: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate),
  br: promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
  zstd: promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress),
} as const;

/**
 * Decodes a body that is known whole.
 *
 * @throws RangeError when it decodes to more than `limitBytes`: a few kilobytes can pack gigabytes.
 * @throws Error when it is not what its header says.
 */
export async function decodeBytes(bytes: Buffer, encoding: ContentEncoding, limitBytes: number): Promise<Buffer> {
  try {
    return await DECODERS[encoding](bytes, { maxOutputLength: limitBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new RangeError(`decodes to more than ${limitBytes} bytes`, { cause: error });
    }
    throw error;
  }
}

/** A stream that decodes as bytes arrive. */
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
