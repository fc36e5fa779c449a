import type { CredentialWalk, UpstreamRequest } from '@claude-proxy/upstream';
import type { Exchange } from '../exchange/exchange.js';
import type { RouteOptions } from './drills/drilled-upstream.js';
import type { FailedUpstream } from './final-answer.js';
import type { ClosedScope } from './limit-item.js';
import { limitOwnersOf } from './limit-owner.js';
import type { NamedUpstream } from './upstream.registry.js';

const NOTHING_LIMITED: ReadonlyMap<NamedUpstream, ClosedScope> = new Map();
const NO_FAILURES: ReadonlyMap<string, FailedUpstream> = new Map();

/** A request on its way through the chain. Most meet nothing there, so what they meet is kept from the first time on. */
export class RouteState {
  readonly exchange: Exchange;
  readonly limitOwners: ReturnType<typeof limitOwnersOf>;
  private closedWindows: Map<NamedUpstream, ClosedScope> | undefined;
  private failed: Map<string, FailedUpstream> | undefined;

  /** @param walk the operator's accounts, for a caller without a credential of its own; undefined without a choice */
  constructor(
    readonly request: UpstreamRequest,
    readonly options: RouteOptions,
    readonly walk: CredentialWalk | undefined,
  ) {
    this.exchange = options.exchange;
    this.limitOwners = limitOwnersOf(options.exchange.user, options.credential);
  }

  /** The upstreams that a remembered limit closes for this request. */
  get limited(): ReadonlyMap<NamedUpstream, ClosedScope> {
    return this.closedWindows ?? NOTHING_LIMITED;
  }

  get failures(): ReadonlyMap<string, FailedUpstream> {
    return this.failed ?? NO_FAILURES;
  }

  noteLimit(upstream: NamedUpstream, window: ClosedScope): void {
    this.closedWindows ??= new Map();
    this.closedWindows.set(upstream, window);
  }

  noteFailure(failure: FailedUpstream): void {
    this.failed ??= new Map();
    this.failed.set(failure.name, failure);
  }
}
