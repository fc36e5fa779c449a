import { hash } from 'node:crypto';
import { type HeaderLines, headersWhere, joinedHeaderOf } from '@claude-proxy/upstream';
import { HOPS_HEADER } from '../../exchange/hops.js';
import { errorOfLoop, errorOfManyHops } from './anthropic-failures.js';

/** Clients can use this name for the gateway with their own DNS, while the gateway's DNS resolves Anthropic. */
const PUBLIC_HOST = 'api.anthropic.com';
/** More than any real chain: a gateway on a laptop, one of a department and one of the company are three. */
const MAX_HOPS = 10;
const MARK_CHARACTERS = 12;

/**
 * Ends a loop of gateways at the second visit. Every gateway that does not send to Anthropic itself marks its requests.
 * The mark depends on the upstream's URL: all tasks of a deployment have the same one, and two gateways
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
   * @throws UpstreamError if the request was here before, or arrived under the name of the upstream
   */
  marked(headers: HeaderLines, ownName: string | undefined): HeaderLines {
    const { mark } = this;
    const passed = joinedHeaderOf(headers, HOPS_HEADER);
    if (mark === undefined) return passed === undefined ? headers : withoutHops(headers);
    if (ownName === this.host) throw errorOfLoop(ownName);
    if (passed === undefined) return headers.concat(HOPS_HEADER, mark);
    const hops = passed.slice(0, MAX_HOPS * (MARK_CHARACTERS + 2)).split(',', MAX_HOPS);
    if (hops.some((hop) => hop.trim() === mark)) throw errorOfLoop(this.host);
    if (hops.length === MAX_HOPS) throw errorOfManyHops(MAX_HOPS);
    return [...withoutHops(headers), HOPS_HEADER, [...hops, mark].join(',')];
  }
}

function withoutHops(headers: HeaderLines): string[] {
  return headersWhere(headers, (name) => name !== HOPS_HEADER);
}
