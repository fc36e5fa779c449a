import { type IncomingHttpHeaders, request } from 'node:http';
import { Readable } from 'node:stream';

export interface RawRequest {
  readonly method?: string;
  /** Sent unchanged, without resolving dot segments or encoding. */
  readonly path: string;
  /** `[name, value, name, value, ...]`, sent in this order and spelling. */
  readonly headers?: readonly string[];
  /** A stream is sent in chunks, other bodies with their length. */
  readonly body?: Buffer | string | Readable;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Sends exactly this request on a new connection. */
export function rawRequest(port: number, { method = 'GET', path, headers = [], body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const lines = ['Host', `127.0.0.1:${port}`, ...headers, ...framingOf(body)];
    const outgoing = request({ port, host: '127.0.0.1', method, path, headers: lines, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const { statusCode: status = 0, headers: answerHeaders, rawHeaders } = incoming;
        resolve({ status, headers: answerHeaders, rawHeaders, body: Buffer.concat(chunks) });
      });
    });
    outgoing.once('error', reject);
    if (body instanceof Readable) body.pipe(outgoing);
    // As bytes: Node encodes headers as UTF-8 if it sends them together with a string.
    else outgoing.end(typeof body === 'string' ? Buffer.from(body) : body);
  });
}

/** The values of a header line by line, without joining them. */
export function linesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === name);
}

function framingOf(body: RawRequest['body']): string[] {
  if (body === undefined) return [];
  if (body instanceof Readable) return ['Transfer-Encoding', 'chunked'];
  return ['Content-Length', String(Buffer.byteLength(body))];
}
