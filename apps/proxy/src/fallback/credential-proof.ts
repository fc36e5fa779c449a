import { type AnswerHead, headerOf } from '@claude-proxy/upstream';

/** What an upstream's answer says about the credential that it was sent with. */
export type Proof = 'accepted' | 'refused';

/** Refusals of a request that was read with a valid credential: malformed, unpaid, not processable. */
const REFUSALS_OF_THE_REQUEST = new Set([400, 402, 422]);
const LIMIT_HEADER = /^(retry-after(-ms)?|.*-?ratelimit-.+)$/;

/**
 * Undefined where the answer proves nothing: an edge in front of the API sends 404, 413, 5xx, and a 429 or 400 of its
 * own, and a 403 as a page, before anything has looked at the credential. A refusal of the request counts under the API's `request-id` only.
 */
export function proofOf({ status, headers }: AnswerHead): Proof | undefined {
  const isPage = headerOf(headers, 'content-type')?.startsWith('text/html') ?? false;
  if (status === 401 || (status === 403 && !isPage)) return 'refused';
  if (status >= 200 && status < 300) return 'accepted';
  if (status === 429) return hasLimitHeader(headers) ? 'accepted' : undefined;
  const isOfTheApi = REFUSALS_OF_THE_REQUEST.has(status) && headerOf(headers, 'request-id') !== undefined;
  return isOfTheApi ? 'accepted' : undefined;
}

function hasLimitHeader(headers: AnswerHead['headers']): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if (LIMIT_HEADER.test(headers[index]!.toLowerCase())) return true;
  }
  return false;
}
