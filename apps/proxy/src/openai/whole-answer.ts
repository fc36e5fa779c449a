import { contentEncodingOf, decodeBytes, MAX_WHOLE_ANSWER_BYTES, maxDecodedBytes } from '@claude-proxy/messages-api';
import { type BodySink, headerOf, type UpstreamAnswer } from '@claude-proxy/upstream';
import { GatewayError } from '../exchange/gateway-error.js';
import type { ByteWatch } from './translated-body.js';

/**
 * The body of an answer that comes in one piece, decoded.
 *
 * @throws GatewayError api_error when it breaks off, is too long or cannot be decoded
 * @throws Error when the caller leaves meanwhile
 */
export async function wholeAnswer(answer: UpstreamAnswer, watch: ByteWatch, signal: AbortSignal): Promise<Buffer> {
  const body = await new Promise<Buffer>((resolve, reject) => {
    const leave = () => {
      answer.body.destroy();
      reject(signal.reason);
    };
    if (signal.aborted) leave();
    else {
      signal.addEventListener('abort', leave, { once: true });
      answer.body.pipe(
        collector(watch, resolve, (reason) => {
          answer.body.destroy();
          reject(broken(reason));
        }),
      );
    }
  });
  try {
    const encoding = contentEncodingOf(headerOf(answer.headers, 'content-encoding'));
    const limitBytes = maxDecodedBytes(body.length, MAX_WHOLE_ANSWER_BYTES);
    return encoding ? await decodeBytes(body, encoding, limitBytes) : body;
  } catch (error) {
    throw broken(`cannot be decoded: ${(error as Error).message}`);
  }
}

function collector(watch: ByteWatch, resolve: (body: Buffer) => void, giveUp: (reason: string) => void): BodySink {
  const chunks: Buffer[] = [];
  let length = 0;
  return {
    write(chunk) {
      watch.write(chunk);
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_WHOLE_ANSWER_BYTES) giveUp(`is longer than ${MAX_WHOLE_ANSWER_BYTES} bytes`);
      return true;
    },
    end: () => resolve(Buffer.concat(chunks, length)),
    fail: (error) => giveUp(`broke off: ${error.message}`),
  };
}

export function broken(reason: string): GatewayError {
  return new GatewayError({ type: 'api_error', status: 502, message: `The answer of the upstream ${reason}.` });
}
