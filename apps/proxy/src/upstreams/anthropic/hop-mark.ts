import { hash } from 'node:crypto';
import { type HeaderLines, headersWhere, joinedHeaderOf } from '@claude-proxy/upstream';
import { HOPS_HEADER } from '../../exchange/hops.js';
import { errorOfLoop, errorOfManyHops } from './anthropic-failures.js';

/** Clients may reach us under this name by a DNS of their own; ours is another. */
const PUBLIC_HOST = 'api.anthropic.com';
/** A gateway on a laptop, one of a department and one of the company are three. */
const MAX_HOPS = 10;
const MARK_CHARACTERS = 12;

/**
 * Ends a ring of gateways at its second visit. Every gateway but one that sends to Anthropic itself marks the requests
 * that it sends. The mark is made of the upstream's URL: all tasks of a deployment have the same one, and two gateways
 * of one chain have different ones.
 */
export class HopMark {
  private readonly host: string;
  private readonly mark: string | undefined;

  constructor({ host, href }: URL) {
    this.host = host;
    this.mark = host === PUBLIC_HOST ? undefined : hash('sha256', href).slice(0, MARK_CHARACTERS);
  }

  /**
   * The headers for the next hop.
   *
   * @throws UpstreamError where the request has been here before, or reached us under the name of our upstream
   */
  marked(headers: HeaderLines, ownName: string | undefined): HeaderLines {
    const { mark } = this;
    const passed = joinedHeaderOf(headers, HOPS_HEADER);
    if (mark === undefined) return passed === undefined ? headers : withoutHops(headers);
    if (ownName === this.host) throw errorOfLoop(ownName);
    if (passed === undefined) return [...headers, HOPS_HEADER, mark];
    const hops = passed.slice(0, MAX_HOPS * (MARK_CHARACTERS + 2)).split(',', MAX_HOPS);
    if (hops.some((hop) => hop.trim() === mark)) throw errorOfLoop(this.host);
    if (hops.length === MAX_HOPS) throw errorOfManyHops(MAX_HOPS);
    return [...withoutHops(headers), HOPS_HEADER, [...hops, mark].join(',')];
  }
}

function withoutHops(headers: HeaderLines): string[] {
  return headersWhere(headers, (name) => name !== HOPS_HEADER);
}
