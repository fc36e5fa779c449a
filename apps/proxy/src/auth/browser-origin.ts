import type { FastifyRequest } from 'fastify';

const READS = new Set(['GET', 'HEAD']);

/** What of a request tells who is behind it. */
export type AdminRequest = Pick<FastifyRequest, 'raw' | 'ip' | 'protocol' | 'host'>;

/**
 * True unless a page of another site has the visitor's browser write here. Programs send no `origin`. The scheme is left
 * out: behind a load balancer that `TRUST_PROXY` does not name, the page's is https and ours is http.
 */
export function isSameOrigin({ raw, host }: AdminRequest): boolean {
  const { origin } = raw.headers;
  return READS.has(raw.method ?? '') || origin === undefined || URL.parse(origin)?.host === host;
}

/** Whether the browser's connection is encrypted, also behind a load balancer that `TRUST_PROXY` does not name. */
export function isOverTls({ raw, protocol }: AdminRequest): boolean {
  return protocol === 'https' || raw.headers.origin?.startsWith('https://') === true;
}
