import {
  type Acceptance,
  type Credential,
  type SendOptions,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamProvider,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import type { Exchange } from '../../exchange/exchange.js';

/** How long a simulated limit holds. */
const DRILL_SECONDS = 60;

/** What the router passes to an upstream, beside what the contract names. */
export interface RouteOptions extends SendOptions {
  readonly exchange: Exchange;
  /** The session that the client has named in a header of the gateway. */
  readonly session?: string;
  /** The account whose workspace owns the objects that the request names. */
  readonly boundAccount?: string;
}

/** Decides which requests a drill hits. */
export interface Drills {
  /** The process was started as a drill. */
  readonly isForced: boolean;
  hits(user: string): boolean;
  /** A drill needs a credential that could be limited, and begins after its check. */
  isRefused(credential: Credential): Promise<boolean>;
}

/** The refusal of a drill. It is remembered only in a process that was started as a drill: others hit a share of requests. */
export class SimulatedLimit extends UpstreamError {
  constructor(scope: string, isRemembered: boolean) {
    super({
      failure: 'rate_limited',
      message: 'simulated rate limit (drill)',
      retryAfterSeconds: DRILL_SECONDS,
      isWorthWaiting: false,
      ...(isRemembered && { limit: { scope, seconds: DRILL_SECONDS, reason: 'drill' } }),
    });
  }
}

/** The first choice, which refuses a request that a drill hits as if its limit were reached, and sends nothing. */
export class DrilledUpstream implements UpstreamProvider {
  readonly limitScopes: UpstreamProvider['limitScopes'];
  readonly limitGroup: UpstreamProvider['limitGroup'];
  readonly relay: UpstreamProvider['relay'];
  readonly readiness: UpstreamProvider['readiness'];
  readonly probeCredential: UpstreamProvider['probeCredential'];

  constructor(
    private readonly provider: UpstreamProvider,
    private readonly drills: Drills,
  ) {
    this.limitScopes = provider.limitScopes?.bind(provider);
    this.limitGroup = provider.limitGroup?.bind(provider);
    this.relay = provider.relay?.bind(provider);
    this.readiness = provider.readiness?.bind(provider);
    this.probeCredential = provider.probeCredential?.bind(provider);
  }

  accepts(request: UpstreamRequest): Acceptance {
    return this.provider.accepts(request);
  }

  send(request: UpstreamRequest, options: RouteOptions): Promise<UpstreamAnswer> {
    const { credential, exchange } = options;
    const isDrillable = this.limitScopes !== undefined && request.operation === 'messages';
    const isHit = isDrillable && (exchange.isDrill || this.drills.hits(exchange.user));
    return isHit && credential ? this.refuse(request, options, credential) : this.provider.send(request, options);
  }

  private async refuse(
    request: UpstreamRequest,
    options: RouteOptions,
    credential: Credential,
  ): Promise<UpstreamAnswer> {
    options.exchange.drilled(!(await this.drills.isRefused(credential)));
    const scope = options.exchange.isDrill ? this.limitScopes?.(request, credential)[0] : undefined;
    if (scope !== undefined) throw new SimulatedLimit(scope, this.drills.isForced);
    return this.provider.send(request, options);
  }
}
