import type { FastifyRequest } from 'fastify';

const READS = new Set(['GET', 'HEAD']);

/** The parts of a request that identify its sender. */
export type AdminRequest = Pick<FastifyRequest, 'raw' | 'ip' | 'protocol' | 'host'>;

/**
 * False if a page of another site makes the browser write here. Programs send no `origin`. The scheme is not compared:
 * behind a load balancer that `TRUST_PROXY` does not list, the page has https and the gateway http.
 */
export function isSameOrigin({ raw, host }: AdminRequest): boolean {
  const { origin } = raw.headers;
  return READS.has(raw.method ?? '') || origin === undefined || URL.parse(origin)?.host === host;
}

/** Whether the browser's connection is encrypted, also behind a load balancer that `TRUST_PROXY` does not list. */
export function isOverTls({ raw, protocol }: AdminRequest): boolean {
  return protocol === 'https' || raw.headers.origin?.startsWith('https://') === true;
}
