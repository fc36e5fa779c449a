import type { FastifyRequest } from 'fastify';

/** What of a request tells who is behind it. */
export type AdminRequest = Pick<FastifyRequest, 'raw' | 'ip' | 'protocol' | 'host'>;

/** Any of these means that somebody else's connection stands behind the one we see. */
const FORWARDING_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];
const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
/** A page of another site can make a name of its own point at this machine; it cannot change the name it asks for. */
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;
const READS = new Set(['GET', 'HEAD']);

/** True for a connection of this machine that asks for it by a name of this machine. */
export function isDirectLoopback({ raw }: AdminRequest): boolean {
  const isForwarded = FORWARDING_HEADERS.some((name) => raw.headers[name] !== undefined);
  const isLoopback = LOOPBACK_ADDRESS.test(raw.socket.remoteAddress ?? '');
  return isLoopback && !isForwarded && LOOPBACK_HOST.test(raw.headers.host ?? '');
}

/**
 * True unless a page of another site has the visitor's browser write here. Programs send no `origin`. The scheme is left
 * out: behind a load balancer that nobody was told of, the page's is https and ours is http.
 */
export function isSameOrigin({ raw, host }: AdminRequest): boolean {
  const { origin } = raw.headers;
  return READS.has(raw.method ?? '') || origin === undefined || URL.parse(origin)?.host === host;
}
