import { contentEncodingOf, decodeBytes } from '@claude-proxy/messages-api';
import { type HeaderLines, headerOf } from '@claude-proxy/upstream';
import { GatewayError } from '../exchange/gateway-error.js';
import { MAX_BODY_BYTES, type TakeRoom, tooLarge } from './request-body.js';

interface EncodedBody {
  readonly headers: HeaderLines;
  readonly body: Buffer;
}

/**
 * A request body without its content encoding.
 *
 * @param unknownCodingStatus 400, by default, is what Anthropic says; 415 where a step has to read the body
 * @throws GatewayError invalid_request_error, request_too_large, and what `takeRoom` throws
 */
export function decodedBody(
  { headers, body }: EncodedBody,
  takeRoom?: TakeRoom,
  unknownCodingStatus = () => 400,
): Buffer | Promise<Buffer> {
  const coding = headerOf(headers, 'content-encoding');
  return coding === undefined ? body : decoded(body, coding, takeRoom, unknownCodingStatus);
}

async function decoded(
  body: Buffer,
  coding: string,
  takeRoom: TakeRoom | undefined,
  unknownCodingStatus: () => number,
): Promise<Buffer> {
  try {
    const encoding = contentEncodingOf(coding);
    return encoding ? await decodeBytes(body, encoding, MAX_BODY_BYTES, takeRoom) : body;
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    if (error instanceof RangeError && error.message.startsWith('decodes to')) throw tooLarge(MAX_BODY_BYTES);
    const message = `The request body cannot be decoded: ${(error as Error).message}.`;
    const status = error instanceof RangeError ? unknownCodingStatus() : 400;
    throw new GatewayError({ type: 'invalid_request_error', status, message, cause: error });
  }
}
