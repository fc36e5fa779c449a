import type { Readiness } from '@claude-proxy/admin-api';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Polled } from './api/use-polled.js';

export const ReadinessContext = createContext<Polled<Readiness> | undefined>(undefined);

export function useReadiness(): Polled<Readiness> {
  const readiness = useContext(ReadinessContext);
  if (!readiness) throw new Error('outside of ReadinessContext');
  return readiness;
}

/** Who is asked first; what anybody else answers is a fallback. */
export function useFirstChoice(): string {
  return useReadiness().data?.upstreams[0]?.name ?? 'anthropic';
}

/** The chain, in its order. */
export function useUpstreamNames(): readonly string[] {
  return useReadiness().data?.upstreams.map(({ name }) => name) ?? ['anthropic', 'bedrock'];
}
