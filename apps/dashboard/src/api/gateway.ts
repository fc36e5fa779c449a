import { AdminClient } from '@claude-proxy/admin-client';
import { gatewayAddress } from './gateway-address.js';

const listeners = new Set<() => void>();

/** Called when the gateway no longer accepts the session. */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The gateway that serves this page, called with the cookie of the session. */
export const gateway = new AdminClient({
  baseUrl: gatewayAddress,
  onUnauthorized: () => {
    for (const listener of listeners) listener();
  },
});
