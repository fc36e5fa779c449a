import { Readable } from 'node:stream';
import { restoredJson, SseRestorer } from '@claude-proxy/masking';
import { contentEncodingOf, decodingStream, MAX_WHOLE_ANSWER_BYTES } from '@claude-proxy/messages-api';
import {
  type AnswerBody,
  type BodySink,
  bodyOfBytes,
  bodyOfChunks,
  chunksOfBody,
  headerOf,
  headersWhere,
  readBody,
  type UpstreamAnswer,
} from '@claude-proxy/upstream';
import { GatewayError } from '../exchange/gateway-error.js';
import type { Restorer } from './restorer.js';

const OF_THE_BODY = new Set(['content-length', 'content-encoding', 'content-md5', 'digest', 'etag']);

/** The answer with its originals: a stream as it passes, JSON as a whole, and everything else as it is. */
export async function restoredAnswer(
  answer: UpstreamAnswer,
  restorer: Restorer,
  isLines: boolean,
): Promise<UpstreamAnswer> {
  const type = headerOf(answer.headers, 'content-type') ?? '';
  const isStream = type.startsWith('text/event-stream');
  if (!isStream && !isLines && !type.startsWith('application/json')) return answer;
  const { headers, body } = plain(answer);
  if (isStream) return { ...answer, headers: bodyless(headers), body: new RestoredStream(body, sseOf(restorer)) };
  if (isLines) return { ...answer, headers: bodyless(headers), body: new RestoredStream(body, linesOf(restorer)) };
  const bytes = await readBody(body, MAX_WHOLE_ANSWER_BYTES, restorer.signal);
  const restored = restoredOrAsItIs(bytes, restorer);
  const length = ['content-length', String(restored.length)];
  return { ...answer, headers: [...bodyless(headers), ...length], body: bodyOfBytes(restored) };
}

/** An answer without a content encoding. None is asked for; an upstream may use one all the same. */
function plain({ headers, body }: UpstreamAnswer): Pick<UpstreamAnswer, 'headers' | 'body'> {
  const encoding = encodingOf(headerOf(headers, 'content-encoding'), body);
  if (!encoding) return { headers, body };
  const source = Readable.from(chunksOfBody(body));
  const decoder = decodingStream(encoding);
  source.once('error', (error) => decoder.destroy(error));
  source.pipe(decoder);
  const close = () => {
    source.destroy();
    decoder.destroy();
    body.destroy();
  };
  return { headers, body: bodyOfChunks(decoder, close) };
}

function encodingOf(header: string | undefined, body: AnswerBody) {
  try {
    return contentEncodingOf(header);
  } catch (cause) {
    body.destroy();
    const message = 'The answer came in a content-encoding that the gateway cannot decode, and masking has to read it.';
    throw new GatewayError({ type: 'api_error', status: 502, message, cause });
  }
}

function bodyless(headers: UpstreamAnswer['headers']): string[] {
  return headersWhere(headers, (name) => !OF_THE_BODY.has(name));
}

function restoredOrAsItIs(bytes: Buffer, { map, options, counts }: Restorer): Buffer {
  try {
    return restoredJson(bytes, map, options, counts);
  } catch {
    // An upstream that calls its answer JSON although it is not.
    return bytes;
  }
}

/** Takes chunks, returns what can go on. */
interface Transformer {
  write(chunk: Buffer): Buffer;
  end(): Buffer;
}

function sseOf({ map, options, counts }: Restorer): Transformer {
  return new SseRestorer(map, options, counts);
}

const LF = 0x0a;

/** The results of a batch: a JSON text in each line. */
function linesOf(restorer: Restorer): Transformer {
  let pending: Buffer = Buffer.alloc(0);
  return {
    write(chunk) {
      const all = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const lines: Buffer[] = [];
      let start = 0;
      for (let end = all.indexOf(LF); end !== -1; end = all.indexOf(LF, start)) {
        lines.push(restoredOrAsItIs(all.subarray(start, end), restorer), all.subarray(end, end + 1));
        start = end + 1;
      }
      pending = all.subarray(start);
      return Buffer.concat(lines);
    },
    end: () => (pending.length === 0 ? pending : restoredOrAsItIs(pending, restorer)),
  };
}

class RestoredStream implements AnswerBody, BodySink {
  private sink!: BodySink;
  private hasRoom = true;

  constructor(
    private readonly source: AnswerBody,
    private readonly transformer: Transformer,
  ) {}

  pipe(sink: BodySink): void {
    this.sink = sink;
    this.source.pipe(this);
  }

  resume(): void {
    this.hasRoom = true;
    this.source.resume();
  }

  destroy(): void {
    this.source.destroy();
  }

  write(chunk: Buffer): boolean {
    const out = this.transformer.write(chunk);
    if (out.length > 0) this.hasRoom = this.sink.write(out);
    return this.hasRoom;
  }

  end(): void {
    this.flush();
    this.sink.end();
  }

  fail(error: Error): void {
    this.flush();
    this.sink.fail(error);
  }

  private flush(): void {
    const rest = this.transformer.end();
    if (rest.length > 0) this.sink.write(rest);
  }
}
