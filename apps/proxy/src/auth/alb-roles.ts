import type { AlbConfig } from './alb.config.js';
import type { SignedIn } from './alb-identity.js';
import type { Principal } from './principal.js';

/** The role of a person who has signed in at the load balancer. The email address is the user, else the subject. */
export function principalOfPerson(
  person: SignedIn,
  { admins, viewers }: Pick<AlbConfig, 'admins' | 'viewers'>,
): Principal {
  const { email, subject, team = null } = person;
  const user = email ?? subject;
  const isOpen = admins.length === 0 && viewers.length === 0;
  const role = isOpen || isListed(person, admins) ? 'admin' : isListed(person, viewers) ? 'viewer' : 'user';
  return { role, user, team: role === 'admin' ? null : team, keyId: null };
}

function isListed({ email, subject, groups = [] }: SignedIn, entries: readonly string[]): boolean {
  const address = email?.toLowerCase();
  const domain = address?.slice(address.lastIndexOf('@'));
  return entries.some(
    (entry) =>
      entry === subject || groups.includes(entry) || entry.toLowerCase() === address || entry.toLowerCase() === domain,
  );
}
