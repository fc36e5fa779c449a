import type { Credential } from '@claude-proxy/upstream';

const ACCOUNT = 'account#';

/**
 * The item that a limit is kept in. A credential of the gateway's own is shared by its users, so its limits are kept once, under
 * a name that no user can have. A client's own credential keeps the item of its user, as the published schema has it.
 */
export function limitOwnerOf(user: string, credential: Credential | undefined): string {
  return credential?.source === 'operator' ? ACCOUNT + credential.fingerprint : user;
}

export function isAccount(owner: string): boolean {
  return owner.startsWith(ACCOUNT);
}
