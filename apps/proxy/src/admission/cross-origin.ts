import type { IncomingMessage, ServerResponse } from 'node:http';
import { EXCHANGE_ID_HEADER } from '../exchange/exchange.js';

/** What a page may call. Admin endpoints are not among it, and never may be. */
const OPEN_PATHS = /^(?:\/user\/[^/]+)?(?:\/v1)?\/v1\/(?:messages|models|chat|responses|files|skills)(?:[/?]|$)/;
const METHODS = 'GET, POST, OPTIONS';
const HEADERS = [
  ...['Content-Type', 'Authorization', 'x-api-key', 'anthropic-version', 'anthropic-beta'],
  // A client key beside a credential of the caller's own.
  'x-claude-proxy-key',
  // What the official SDKs add by themselves in a browser; one name missing, and the browser sends nothing at all.
  ...['anthropic-dangerous-direct-browser-access', 'User-Agent'],
  ...['lang', 'package-version', 'os', 'arch', 'runtime', 'runtime-version', 'retry-count', 'timeout'].map(ofStainless),
  ...['helper', 'helper-method'].map(ofStainless),
].join(', ');
const EXPOSED = [
  ...['request-id', 'x-request-id', 'retry-after', 'x-should-retry', EXCHANGE_ID_HEADER],
  ...['x-claude-proxy-upstream', 'x-claude-proxy-fallback', 'x-claude-proxy-dropped'],
].join(', ');
const PREFLIGHT_SECONDS = '600';

/** Whether listed origins may call this path. */
export function isOpenPath(url: string): boolean {
  return OPEN_PATHS.test(url);
}

/** Lets pages of these origins read answers. Returns true when it has answered a browser's question itself. */
export function allowOrigin(
  { url = '', method, headers }: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): boolean {
  const { origin } = headers;
  if (origins.length === 0 || !isOpenPath(url)) return false;
  const isForAll = origins.includes('*');
  // Caches must keep the answers for different pages apart, also those for none.
  if (!isForAll) response.setHeader('vary', 'Origin');
  if (origin === undefined || !(isForAll || origins.includes(origin))) return false;
  response.setHeader('access-control-allow-origin', isForAll ? '*' : origin);
  response.setHeader('access-control-expose-headers', EXPOSED);
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
  response.setHeader('access-control-allow-methods', METHODS);
  response.setHeader('access-control-allow-headers', HEADERS);
  response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  response.writeHead(204).end();
  return true;
}

function ofStainless(name: string): string {
  return `x-stainless-${name}`;
}
