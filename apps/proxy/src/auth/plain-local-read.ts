import type { IncomingMessage } from 'node:http';

const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
/** A page of another site can make a name of its own point at this machine; it cannot change the name it asks for. */
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::(\d+))?$/i;
const READS = new Set(['GET', 'HEAD']);
const DEFAULT_PORT = 80;
/**
 * What browsers and programs send of their own. A list of forwarding headers would never be complete (`x-client-ip`,
 * `cf-connecting-ip`, `x-envoy-…`), so any other header means that a proxy may have passed the request on.
 */
const OWN_HEADERS = new Set([
  ...['host', 'connection', 'user-agent', 'accept', 'accept-encoding', 'accept-language', 'cache-control', 'pragma'],
  ...['cookie', 'dnt', 'referer', 'priority', 'upgrade-insecure-requests', 'if-none-match', 'if-modified-since'],
  ...['last-event-id', 'sec-gpc', 'sec-fetch-dest', 'sec-fetch-mode', 'sec-fetch-site', 'sec-fetch-user'],
  ...['sec-ch-ua', 'sec-ch-ua-mobile', 'sec-ch-ua-platform'],
]);
/** Proxies do not pass it on: nginx before 1.29.7 speaks HTTP/1.0, later ones send no such header. */
const OWN_CONNECTION = /^(?:keep-alive|close)$/i;
const OWN_PAGE = /^(?:same-origin|none)$/;

/**
 * True for a read that a program or browser of this machine has sent to this very port. A proxy on the same machine
 * that hides itself completely cannot be recognized, so nothing but figures may ever depend on it.
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
