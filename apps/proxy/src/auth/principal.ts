import type { PrincipalRole } from '@claude-proxy/admin-api';
import { SetMetadata } from '@nestjs/common';
import { GatewayError } from '../exchange/gateway-error.js';
import type { AdminRequest } from './browser-origin.js';
import type { KeyIdentity } from './keys/key-identity.js';

/** Who uses the admin API: an operator, a viewer of figures, or a user with its own figures. */
export interface Principal {
  readonly role: PrincipalRole;
  /** Null for the admin token, and for a key without a user. */
  readonly user: string | null;
  /** A viewer with a team sees that team only. */
  readonly team: string | null;
  readonly keyId: string | null;
}

export const OPERATOR: Principal = { role: 'admin', user: null, team: null, keyId: null };

/** What a handler needs. `team`: also a viewer of one team; `user`: also a user, for its own figures. */
export type Needed = 'admin' | 'viewer' | 'team' | 'user';
const RANKS = { user: 0, team: 1, viewer: 2, admin: 3 } as const satisfies Record<Needed, number>;

export const NEEDED_ROLE = 'needed role';

/** Without it, reads need a viewer and all other calls an operator. */
export const OpenTo = (needed: Needed) => SetMetadata(NEEDED_ROLE, needed);

export function mayDo(principal: Principal, needed: Needed): boolean {
  return RANKS[levelOf(principal)] >= RANKS[needed];
}

export function principalOfKey({ id, user, team, roles }: KeyIdentity): Principal {
  const role = roles.includes('admin') ? 'admin' : roles.includes('viewer') ? 'viewer' : 'user';
  return { role, user, team, keyId: id };
}

const principals = new WeakMap<AdminRequest['raw'], Principal>();

export function notePrincipal({ raw }: Pick<AdminRequest, 'raw'>, principal: Principal): void {
  principals.set(raw, principal);
}

/** Undefined for a program of this machine, which may read without a sign-in. */
export function principalOf({ raw }: Pick<AdminRequest, 'raw'>): Principal | undefined {
  return principals.get(raw);
}

/**
 * The only user whose figures this request may read; undefined if it may read those of all users.
 *
 * @throws GatewayError permission_error for a key without a user
 */
export function ownUserOf(request: Pick<AdminRequest, 'raw'>): string | undefined {
  const principal = principalOf(request);
  if (principal?.role !== 'user') return undefined;
  if (principal.user !== null) return principal.user;
  throw new GatewayError({
    type: 'permission_error',
    message: 'This client key has no user, so it has no figures of its own. Ask the operator for a key of your own.',
  });
}

export function roleNeeded(principal: Principal, needed: Needed): GatewayError {
  const level = levelOf(principal);
  const has = level === 'team' ? `viewer of the team ${principal.team}` : principal.role;
  return new GatewayError({
    type: 'permission_error',
    message: `This endpoint needs the role "${needed === 'team' ? 'viewer' : needed}"; you have the role "${has}".`,
  });
}

function levelOf({ role, team }: Principal): Needed {
  return role === 'viewer' && team !== null ? 'team' : role;
}
