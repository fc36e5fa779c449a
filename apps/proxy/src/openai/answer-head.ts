import { headerOf, headersWhere, type UpstreamAnswer } from '@claude-proxy/upstream';
import { withLinesOf } from '../exchange/answer-headers.js';
import { ACCOUNT_HEADER, EXCHANGE_ID_HEADER, type Exchange, LEFT_OUT_HEADER } from '../exchange/exchange.js';
import { FALLBACK_HEADER, headerText } from '../exchange/fallback-header.js';
import { answerHeadersFor } from '../http/forwarded-headers.js';
import { rateLimitHeaders } from './rate-limit-headers.js';

/** What describes the body as it came; another one goes out. */
const OF_THE_BODY = new Set(['content-type', 'content-length', 'content-encoding', 'content-md5', 'etag', 'digest']);

/** Header lines for the answer in OpenAI's form: what the upstream sent, and who it was. */
export function headOf(answer: UpstreamAnswer, exchange: Exchange, contentType: string, dropped: readonly string[]) {
  const headers = answerHeadersFor(answer.headers);
  const kept = headersWhere(headers, (name) => !OF_THE_BODY.has(name));
  const requestId = headerOf(answer.headers, 'request-id');
  kept.push(...rateLimitHeaders(answer.headers));
  kept.push('content-type', contentType, 'x-request-id', requestId ?? exchange.id);
  if (requestId === undefined) kept.push('request-id', exchange.id);
  if (exchange.upstream) kept.push('x-claude-proxy-upstream', exchange.upstream);
  if (exchange.account) kept.push(ACCOUNT_HEADER, exchange.account);
  if (exchange.fallbackReason) kept.push(FALLBACK_HEADER, headerText(exchange.fallbackReason));
  return withLinesOf(exchange, [...kept, ...ownLines(exchange, dropped)]);
}

/** Header lines for a stream whose upstream is not known yet. */
export function earlyHeadersOf(exchange: Exchange, dropped: readonly string[]): string[] {
  return withLinesOf(exchange, [
    ...['x-request-id', exchange.id, 'request-id', exchange.id],
    ...ownLines(exchange, dropped),
  ]);
}

function ownLines(exchange: Exchange, dropped: readonly string[]): string[] {
  const names = [...dropped, ...exchange.leftOut];
  const lines = names.length > 0 ? [LEFT_OUT_HEADER, headerText(names.join(', '))] : [];
  return [...lines, EXCHANGE_ID_HEADER, exchange.id];
}
