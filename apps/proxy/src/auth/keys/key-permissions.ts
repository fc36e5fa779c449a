import { GatewayError } from '../../exchange/gateway-error.js';
import type { Caller } from '../caller.js';
import { type KeyIdentity, mayActFor, mayUseEndpoint, mayUseModel } from './key-identity.js';

const MAX_QUOTED_CHARACTERS = 100;

/**
 * The user of a request: the user of the key, or another one for a key that may delegate.
 *
 * @param pathUser the user in the path; undefined if the path has none
 * @throws GatewayError permission_error that does not reveal whether either user exists
 */
export function userOfKey(key: KeyIdentity, pathUser: string | undefined): string | undefined {
  if (pathUser === undefined) return key.user ?? undefined;
  if (mayActFor(key, pathUser)) return pathUser;
  throw refusal(
    'This client key may not be used for the user in the path. Use a base URL without "/user/…", or with the user of the key.',
  );
}

/** @throws GatewayError permission_error */
export function expectAllowedEndpoint(key: KeyIdentity, path: string): void {
  if (mayUseEndpoint(key, path)) return;
  const allowed = key.endpoints === null ? 'all endpoints but batches' : key.endpoints.join(', ');
  throw refusal(`The client key ${key.id} may not use this endpoint; allowed: ${allowed}.`);
}

/** @throws GatewayError permission_error */
export function expectAllowedModel({ clientKey }: Pick<Caller, 'clientKey'>, model: string): void {
  if (!clientKey || mayUseModel(clientKey, model)) return;
  const allowed = clientKey.models!.join(', ') || 'no model';
  throw refusal(
    `The client key ${clientKey.id} may not use the model ${JSON.stringify(model.slice(0, MAX_QUOTED_CHARACTERS))}; allowed: ${allowed}.`,
  );
}

function refusal(message: string): GatewayError {
  return new GatewayError({ type: 'permission_error', message });
}
