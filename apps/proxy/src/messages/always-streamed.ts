import { setImmediate } from 'node:timers/promises';
import { contentEncodingOf, decodeBytes, membersOfJson } from '@claude-proxy/messages-api';
import { headerOf, headersWhere } from '@claude-proxy/upstream';
import { GatewayError } from '../exchange/gateway-error.js';
import { MAX_BODY_BYTES, type TakeRoom } from '../http/request-body.js';
import type { Received } from './received-request.js';

const LARGE_BYTES = 1024 * 1024;
const TRUE = Buffer.from('true');
const FIRST_MEMBER = Buffer.from('"stream":true,');
const ONLY_MEMBER = Buffer.from('"stream":true');

/**
 * The request with `"stream": true` in its body. A body that is not a JSON object is left to its reader, which refuses it.
 *
 * @throws GatewayError what `takeRoom` throws
 */
export async function alwaysStreamed(received: Received, takeRoom?: TakeRoom): Promise<Received> {
  try {
    const encoding = contentEncodingOf(headerOf(received.headers, 'content-encoding'));
    const decoded = encoding ? await decodeBytes(received.body, encoding, MAX_BODY_BYTES, takeRoom) : received.body;
    const body = withStream(decoded);
    // The whole body is read a second time, as that of any other request: not in the same turn.
    if (body.length > LARGE_BYTES) await setImmediate();
    return encoding ? { ...received, body, headers: withoutEncoding(received.headers) } : { ...received, body };
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    return received;
  }
}

/** Spliced in, not written anew: every other byte stays, and with it the prompt cache. */
export function withStream(body: Buffer): Buffer {
  const range = membersOfJson(body).get('stream');
  if (range) return Buffer.concat([body.subarray(0, range.start), TRUE, body.subarray(range.end)]);
  const afterBrace = body.indexOf('{') + 1;
  // Where there is a member there is a key.
  const member = body.includes('"') ? FIRST_MEMBER : ONLY_MEMBER;
  return Buffer.concat([body.subarray(0, afterBrace), member, body.subarray(afterBrace)]);
}

function withoutEncoding(headers: Received['headers']): string[] {
  return headersWhere(headers, (name) => name !== 'content-encoding');
}
