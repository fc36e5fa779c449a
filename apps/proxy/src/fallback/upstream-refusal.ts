import { UpstreamError, type UpstreamRequest } from '@claude-proxy/upstream';
import type { NamedUpstream } from './upstream.registry.js';

/** Why an upstream does not take this request; undefined if it does. */
export function refusalOf({ provider }: NamedUpstream, request: UpstreamRequest): UpstreamError | undefined {
  try {
    const acceptance = provider.accepts(request);
    return acceptance.accepted ? undefined : new UpstreamError({ failure: 'rejected', message: acceptance.reason });
  } catch (thrown) {
    return asUpstreamError(thrown);
  }
}

export function asUpstreamError(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  return new UpstreamError({ failure: 'unreachable', message: `failed unexpectedly: ${String(error)}`, cause: error });
}
