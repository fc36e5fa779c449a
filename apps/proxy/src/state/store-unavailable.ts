import { StorageError } from '@claude-proxy/storage';
import { GatewayError } from '../exchange/gateway-error.js';

/** Reports an unreachable store as 503. Other errors are faults of the gateway and are thrown again. */
export function storeUnavailable(cause: unknown): never {
  if (!(cause instanceof StorageError)) throw cause;
  throw new GatewayError({
    type: 'api_error',
    status: 503,
    message: `The store does not answer (${cause.kind}).`,
    cause,
  });
}
