import type { IncomingMessage } from 'node:http';
import { parseBoundedJson } from '@claude-proxy/messages-api';
import { GatewayError } from '../exchange/gateway-error.js';

/** Bodies of the admin API are a few fields. */
const MAX_BYTES = 64 * 1024;

/** The JSON object in a small body. @throws GatewayError invalid_request_error, request_too_large */
export async function readJsonBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BYTES)
      throw new GatewayError({ type: 'request_too_large', message: `The body exceeds ${MAX_BYTES} bytes.` });
    chunks.push(chunk);
  }
  const value = parsed(Buffer.concat(chunks));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new GatewayError({ type: 'invalid_request_error', message: 'The body is not a JSON object.' });
}

function parsed(text: Buffer): unknown {
  try {
    return parseBoundedJson(text);
  } catch {
    return undefined;
  }
}
