import type { IncomingHttpHeaders } from 'node:http';

/** Reads of these routes give nothing to other pages and spend nothing; links to them may stand anywhere. */
const OWN_READS = /^\/(?!v1(?:\/|$)|user(?:\/|$))/;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const FOREIGN_SITES = new Set(['cross-site', 'same-site']);
const DEFAULT_PORT = /:(?:80|443)$/;
const LOOPBACK_ADDRESS = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
/**
 * An address, or a name that no public DNS answers for: without a dot, or below `localhost`. A page can make a name of
 * its own point at this machine (DNS rebinding), but none of these.
 */
const UNREBINDABLE_HOST = /^(?:[^.:[\]]+|(?:.+\.)?localhost|\d+\.\d+\.\d+\.\d+|\[[\da-f:.]+\])$/;

export interface PageRequest {
  readonly method: string;
  /** The pattern of the route: a path can be spelled in many ways. */
  readonly route: string;
  readonly headers: IncomingHttpHeaders;
  /** The name under which the gateway was reached, as a trusted proxy reports it. */
  readonly host: string | undefined;
}

/** Whether the rule of origins covers a request: all that spends or changes something, or is relayed. */
export function isGuardedFromPages({ method, route }: PageRequest): boolean {
  return method !== 'OPTIONS' && !(READS.has(method) && OWN_READS.test(route));
}

/**
 * The origin of the web page of another site that has a browser send this request; undefined for programs, which send
 * neither header, and for pages of the gateway itself. No page can set `Sec-Fetch-Site`, but browsers send it to https and
 * loopback URLs only. The scheme is left out: behind a load balancer the page's is https and ours is http.
 */
export function foreignOriginOf({ headers, host }: PageRequest): string | undefined {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (origin === undefined) return typeof site === 'string' && FOREIGN_SITES.has(site) ? site : undefined;
  if (site === 'same-origin' || isSameHost(URL.parse(origin)?.host, host)) return undefined;
  return origin;
}

/** True where a request on loopback asks for a name that a stranger can point to this machine. */
export function isForeignHost(
  localAddress: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (host === undefined || !LOOPBACK_ADDRESS.test(localAddress ?? '') || allowed.includes('*')) return false;
  const name = host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
  return !UNREBINDABLE_HOST.test(name) && !allowed.includes(name);
}

function isSameHost(one: string | undefined, other: string | undefined): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    one.replace(DEFAULT_PORT, '') === other.toLowerCase().replace(DEFAULT_PORT, '')
  );
}
