import { type AnswerHead, headerOf } from '@claude-proxy/upstream';
import { EXCHANGE_ID_HEADER } from '../exchange/exchange.js';

/** What an upstream's answer says about the credential that it was sent with. */
export type Proof = 'accepted' | 'refused';

/** Refusals of a request that was read with a valid credential: malformed, unpaid, not processable. */
const REFUSALS_OF_THE_REQUEST = new Set([400, 402, 422]);
const LIMIT_HEADER = /(?:^|-)ratelimit-/;

/**
 * Undefined where the answer proves nothing. An edge in front of the API sends 404, 413, 5xx, and a 400 or 429 of its own,
 * before anything has looked at the credential, and a gateway like this one answers some requests itself.
 */
export function proofOf({ status, headers }: AnswerHead): Proof | undefined {
  if (status === 401 || status === 403) return 'refused';
  if (isOfAGateway(headers)) return undefined;
  if (status >= 200 && status < 300) return 'accepted';
  const isAccepted = status === 429 ? isLimit(headers) : REFUSALS_OF_THE_REQUEST.has(status) && isOfTheApi(headers);
  return isAccepted ? 'accepted' : undefined;
}

function isOfAGateway(headers: AnswerHead['headers']): boolean {
  const hasExchange = headerOf(headers, EXCHANGE_ID_HEADER) !== undefined;
  return hasExchange && headerOf(headers, 'x-claude-proxy-upstream') === undefined;
}

function isOfTheApi(headers: AnswerHead['headers']): boolean {
  return headerOf(headers, 'request-id') !== undefined;
}

/** An edge limits addresses: it names a `retry-after` too, but answers with a page or plain text. */
function isLimit(headers: AnswerHead['headers']): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if (LIMIT_HEADER.test(headers[index]!.toLowerCase())) return true;
  }
  const retryAfter = headerOf(headers, 'retry-after') ?? headerOf(headers, 'retry-after-ms');
  return retryAfter !== undefined && /^application\/json\b/i.test(headerOf(headers, 'content-type') ?? '');
}
