import type { IncomingMessage } from 'node:http';

const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
/** A page of another site can point its own host name at this machine, but it cannot change the `host` header. */
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::(\d+))?$/i;
const READS = new Set(['GET', 'HEAD']);
const DEFAULT_PORT = 80;
/**
 * The headers that browsers and programs send. A list of forwarding headers would never be complete (`x-client-ip`,
 * `cf-connecting-ip`, `x-envoy-…`), so any other header means that a proxy may have forwarded the request.
 */
const OWN_HEADERS = new Set([
  ...['host', 'connection', 'user-agent', 'accept', 'accept-encoding', 'accept-language', 'cache-control', 'pragma'],
  ...['cookie', 'dnt', 'referer', 'priority', 'upgrade-insecure-requests', 'if-none-match', 'if-modified-since'],
  ...['last-event-id', 'sec-gpc', 'sec-fetch-dest', 'sec-fetch-mode', 'sec-fetch-site', 'sec-fetch-user'],
  ...['sec-ch-ua', 'sec-ch-ua-mobile', 'sec-ch-ua-platform'],
]);
/** Proxies do not forward this header: nginx before 1.29.7 uses HTTP/1.0, and later versions do not send it. */
const OWN_CONNECTION = /^(?:keep-alive|close)$/i;
const OWN_PAGE = /^(?:same-origin|none)$/;

/**
 * True for a read that a program or browser of this machine has sent directly to this port. A proxy on the same machine
 * that adds no headers cannot be detected, so only access to figures may depend on it.
 */
export function isPlainLocalRead({ method = '', httpVersion, headers, rawHeaders, socket }: IncomingMessage): boolean {
  if (!READS.has(method) || httpVersion !== '1.1' || !LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '')) return false;
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  if (new Set(names).size < names.length || !names.every((name) => OWN_HEADERS.has(name))) return false;
  const host = LOOPBACK_HOST.exec(headers.host ?? '');
  const isThisPort = host !== null && Number(host[1] ?? DEFAULT_PORT) === socket.localPort;
  const site = headers['sec-fetch-site'];
  const isOwnPage = site === undefined || (typeof site === 'string' && OWN_PAGE.test(site));
  return isThisPort && isOwnPage && OWN_CONNECTION.test(headers.connection ?? '');
}
