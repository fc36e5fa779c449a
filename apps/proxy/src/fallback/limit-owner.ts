import type { Credential } from '@claude-proxy/upstream';

const ACCOUNT = 'account#';

/**
 * The items that limit a request; the first one keeps its new limits. A credential of the gateway's own is shared by its
 * users, so its limits are kept once, under a name that no user can have, beside those that were written for the user. A
 * client's own credential keeps the item of its user, as the published schema has it.
 */
export function limitOwnersOf(
  user: string,
  credential: Credential | undefined,
): readonly [owner: string, ...others: string[]] {
  return credential?.source === 'operator' ? [ACCOUNT + credential.fingerprint, user] : [user];
}

export function isAccount(owner: string): boolean {
  return owner.startsWith(ACCOUNT);
}
