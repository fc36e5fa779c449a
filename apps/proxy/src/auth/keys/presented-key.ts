import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../../exchange/gateway-error.js';
import { expectOneLine } from '../one-line.js';

/** Beside the caller's own credential for Anthropic, which then goes on in its own header. */
const KEY_HEADER = 'x-claude-proxy-key';
const BEARER = /^Bearer +(\S+) *$/i;

/** How a text in a credential header counts. */
export interface CredentialTexts {
  isClientKey(text: string): boolean;
  /** A placeholder or the admin token: not a credential. */
  isIgnored(text: string): boolean;
}

/**
 * The client key of a request; undefined without one. `apiKeyHelper` of Claude Code sends its key in both credential
 * headers, so the same text twice is one key.
 *
 * @throws GatewayError invalid_request_error if the headers have a key and another credential
 */
export function presentedKey(
  { headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  texts: CredentialTexts,
): string | undefined {
  const beside = headers[KEY_HEADER];
  if (beside !== undefined) expectOneLine(rawHeaders, KEY_HEADER);
  const own = typeof beside === 'string' && beside.trim() !== '' ? beside.trim() : undefined;
  const apiKey = shownText(apiKeyIn(headers), texts);
  const bearer = shownText(bearerIn(headers), texts);
  const key = own ?? [apiKey, bearer].find((text) => text !== undefined && texts.isClientKey(text));
  if (key === undefined) return undefined;
  // Beside a key in its own header the caller's credential for Anthropic may stand, but no other key.
  const isOther = (text: string | undefined) =>
    text !== undefined && text !== key && (own === undefined || texts.isClientKey(text));
  if (isOther(apiKey) || isOther(bearer)) throw twoKeys();
  return key;
}

function shownText(text: string | undefined, texts: CredentialTexts): string | undefined {
  return text === undefined || text === '' || texts.isIgnored(text) ? undefined : text;
}

function apiKeyIn({ 'x-api-key': key }: IncomingMessage['headers']): string | undefined {
  return typeof key === 'string' ? key.trim() : undefined;
}

export function bearerIn({ authorization }: IncomingMessage['headers']): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
}

function twoKeys(): GatewayError {
  return new GatewayError({
    type: 'invalid_request_error',
    message: `The request has a client key and a different credential. Send the key alone, as "x-api-key", as "authorization: Bearer" or as both; to use a credential of your own for Anthropic, send the key as "${KEY_HEADER}".`,
  });
}
