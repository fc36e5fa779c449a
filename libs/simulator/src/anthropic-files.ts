import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createId } from './message-events.js';
import type { SimulatedExchange } from './simulated-server.js';

const CHUNK_BYTES = 64 * 1024;

/** Reads an upload without storing it and returns its metadata. `size_bytes` counts the whole multipart body. */
export async function receiveFile({ request, recorded }: SimulatedExchange): Promise<Record<string, unknown>> {
  const { bytes, start } = await countBytes(request);
  recorded.bodyComplete(Buffer.alloc(0), bytes);
  const filename = /filename="([^"]*)"/.exec(start)?.[1] ?? 'file';
  const mimeType = /content-type: *([^\r\n]+)/i.exec(start)?.[1] ?? 'application/octet-stream';
  return fileMetadata(createId('file_01'), { filename, mime_type: mimeType, size_bytes: bytes });
}

/** The answer of `GET /v1/files/{id}`. */
export function fileMetadata(id: string, known: Record<string, unknown> = {}): Record<string, unknown> {
  const defaults = { filename: 'file.bin', mime_type: 'application/octet-stream', size_bytes: 0 };
  return { id, type: 'file', ...defaults, ...known, created_at: new Date().toISOString(), downloadable: true };
}

/** Sends the content of a file in chunks, no faster than the client reads. */
export async function sendFile(
  { response, recorded, signal }: SimulatedExchange,
  bytes: number,
  headers: Record<string, string>,
) {
  response.writeHead(200, { ...headers, 'content-type': 'application/octet-stream', 'content-length': String(bytes) });
  const chunk = Buffer.alloc(CHUNK_BYTES, 'f');
  while (recorded.bytesWritten < bytes && !signal.aborted) {
    const part = chunk.subarray(0, bytes - recorded.bytesWritten);
    recorded.bytesWritten += part.length;
    if (!response.write(part)) await once(response, 'drain', { signal });
  }
  response.end();
}

async function countBytes(request: IncomingMessage): Promise<{ bytes: number; start: string }> {
  let bytes = 0;
  let start = '';
  for await (const chunk of request) {
    if (bytes === 0) start = (chunk as Buffer).toString('latin1', 0, 2048);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, start };
}
