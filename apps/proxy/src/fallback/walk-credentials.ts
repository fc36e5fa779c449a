import { setTimeout as sleep } from 'node:timers/promises';
import { type Credential, type CredentialWalk, type UpstreamAnswer, UpstreamError } from '@claude-proxy/upstream';
import { SimulatedLimit } from './drills/drilled-upstream.js';
import type { ClosedScope } from './limit-item.js';

/** Asks one upstream with one account after the other, until one has answered or no further one can help. */
export async function walkCredentials(
  walk: CredentialWalk,
  signal: AbortSignal,
  attempt: (credential: Credential) => Promise<UpstreamAnswer | UpstreamError>,
): Promise<UpstreamAnswer | UpstreamError> {
  for (let step = walk.next(); step && !signal.aborted; step = walk.next()) {
    if (step.act === 'wait') {
      await waited(step.seconds, signal);
      continue;
    }
    const outcome = await attempt(step.credential);
    if (!(outcome instanceof UpstreamError)) {
      walk.answered();
      return outcome;
    }
    // A drill hits the upstream, not one of its accounts.
    if (outcome instanceof SimulatedLimit) return outcome;
    walk.failed(outcome);
  }
  return walk.refusal();
}

/** False when the caller left meanwhile. */
export async function waited(seconds: number, signal: AbortSignal): Promise<boolean> {
  return sleep(seconds * 1_000, true, { signal }).catch(() => false);
}

/** Every account is closed: the upstream counts as limited, in the form of a remembered limit. */
export function closedPoolWindow(pool: CredentialWalk | undefined): ClosedScope | undefined {
  const seconds = pool?.closedSeconds;
  if (seconds === undefined) return undefined;
  const createdAt = Math.floor(Date.now() / 1_000);
  return {
    retry_until: createdAt + seconds,
    retry_after_seconds: seconds,
    created_at: createdAt,
    reason: 'every account is closed',
    drill: false,
  };
}
