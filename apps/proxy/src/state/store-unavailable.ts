import { StorageError } from '@claude-proxy/storage';
import { GatewayError } from '../exchange/gateway-error.js';

/** A store that is away is said so; anything else is a fault of ours and stays one. */
export function storeUnavailable(cause: unknown): never {
  if (!(cause instanceof StorageError)) throw cause;
  throw new GatewayError({
    type: 'api_error',
    status: 503,
    message: `The store does not answer (${cause.kind}).`,
    cause,
  });
}
