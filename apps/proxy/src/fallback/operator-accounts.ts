import type { Credential, CredentialWalk, UpstreamRequest } from '@claude-proxy/upstream';
import { Inject, Injectable } from '@nestjs/common';
import { OperatorCredentials } from '../exchange/operator-credentials.js';
import { DrilledChain } from './drills/drilled-chain.js';
import type { RouteOptions } from './drills/drilled-upstream.js';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';
import type { NamedUpstream } from './upstream.registry.js';
import { refusalOf } from './upstream-refusal.js';

/** The operator's accounts, as the router needs them. */
@Injectable()
export class OperatorAccounts {
  constructor(
    private readonly chain: DrilledChain,
    private readonly operators: OperatorCredentials,
    @Inject(fallbackSection.token) private readonly config: FallbackConfig,
  ) {}

  /** Undefined for a caller with a credential of its own, and without a choice. */
  walkFor(request: UpstreamRequest, { credential, session, boundAccount }: RouteOptions): CredentialWalk | undefined {
    const { source } = this.operators;
    if (!source || credential?.source !== 'operator') return undefined;
    const chain = this.chain.upstreams;
    const pooled = chain.find(({ provider }) => provider.limitGroup)?.provider;
    const group = pooled?.limitGroup?.(request);
    if (group === undefined) return undefined;
    const { isEnabled, maxRetryWaitSeconds: patienceSeconds } = this.config;
    const canFallBack = isEnabled && boundAccount === undefined;
    return source.walk({
      ...{ request, group, patienceSeconds },
      // Only a walk whose account is closed or has failed reads it: to accept a request, an upstream reads its whole body.
      get hasFallback() {
        return canFallBack && chain.some((each) => !each.isFirstChoice && !refusalOf(each, request));
      },
      ...(session !== undefined && { session }),
      ...(boundAccount !== undefined && { boundAccount }),
    });
  }

  /** Callers without a credential of their own are served by the operator then, too: by its other upstreams. */
  get arePaused(): boolean {
    return this.operators.source?.pausedReason !== undefined;
  }

  nameOf({ provider }: NamedUpstream, credential: Credential | undefined): string | undefined {
    if (!provider.limitGroup || credential?.source !== 'operator') return undefined;
    return this.operators.source?.nameOf(credential);
  }
}
