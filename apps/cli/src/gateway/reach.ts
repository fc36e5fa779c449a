import type { Session } from '@claude-proxy/admin-api';
import { unreachable } from '../core/cli-error.js';
import { clientOf } from './client-of.js';
import type { Gateway } from './gateway.js';

/** A command waits this long for a gateway that does not answer, and exits. */
export const REACH_TIMEOUT_MS = 2_500;

export interface Reach {
  /** Aborts once the gateway has not answered in time; its reason is the `CliError` to end with. */
  readonly signal: AbortSignal;
  readonly session: Promise<Session>;
  /** Settles with the version of the gateway; undefined for a caller that is not signed in. */
  readonly version: Promise<string | undefined>;
}

/** Asks who is signed in, beside the first call: a gateway that is away is noticed in seconds, and no round trip is added. */
export function reach(gateway: Pick<Gateway, 'url' | 'token'>, timeoutMs = REACH_TIMEOUT_MS): Reach {
  const away = new AbortController();
  const timer = setTimeout(
    () => away.abort(unreachable(gateway.url, `no answer in ${timeoutMs / 1_000} s`)),
    timeoutMs,
  );
  const session = clientOf(gateway, { signal: away.signal })
    .session()
    .finally(() => clearTimeout(timer));
  const version = session.then(
    ({ version: name }) => name,
    () => undefined,
  );
  return { signal: away.signal, session, version };
}
