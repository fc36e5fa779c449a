import { bodyOfBytes, headerOf, headersWhere, readBody, type UpstreamAnswer } from '@claude-proxy/upstream';
import { GatewayError } from '../exchange/gateway-error.js';

const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/** False for a coding that was not asked for. */
export function isReadable({ headers }: UpstreamAnswer): boolean {
  return (headerOf(headers, 'content-encoding') ?? 'identity') === 'identity';
}

/** The body of an answer that holds objects and no content. @throws GatewayError api_error */
export async function wholeBodyOf({ body }: UpstreamAnswer, signal: AbortSignal): Promise<Buffer> {
  try {
    return await readBody(body, MAX_PAGE_BYTES, signal);
  } catch (error) {
    const message = `The answer of Anthropic could not be read: ${(error as Error).message}`;
    throw new GatewayError({ type: 'api_error', status: 502, message, cause: error });
  }
}

export function withBody(answer: UpstreamAnswer, body: Buffer): UpstreamAnswer {
  const headers = headersWhere(answer.headers, (name) => name !== 'content-length');
  return { ...answer, headers: [...headers, 'content-length', String(body.length)], body: bodyOfBytes(body) };
}
