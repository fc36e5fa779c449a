import type { KeyMasking } from '@claude-proxy/admin-api';
import type { Caller } from '../auth/caller.js';
import { ConfigError } from '../config/read-config.js';

const SCOPE = /^(?:team|user|key):.+$/;

export type MaskingScopes = ReadonlyMap<string, KeyMasking>;

/** @throws ConfigError naming every entry that cannot be used */
export function maskingScopesOf(entries: Readonly<Record<string, string>>): MaskingScopes {
  const faults = Object.entries(entries).flatMap(([scope, value]) => {
    const isUsable = SCOPE.test(scope) && (value === 'on' || value === 'off');
    const allowed = 'allowed: "team:NAME", "user:ID" or "key:ID" with "on" or "off"';
    return isUsable ? [] : [`MASKING_SCOPES has ${JSON.stringify(scope)}: ${JSON.stringify(value)}; ${allowed}`];
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return new Map(Object.entries(entries) as [string, KeyMasking][]);
}

/** @param team of the caller @param isOnByDefault as `MASKING` says */
export function isMasked(
  { clientKey, user }: Pick<Caller, 'clientKey' | 'user'>,
  team: string | undefined,
  scopes: MaskingScopes,
  isOnByDefault: boolean,
): boolean {
  if (clientKey?.masking) return clientKey.masking === 'on';
  if (scopes.size === 0) return isOnByDefault;
  const ofKey = clientKey && scopes.get(`key:${clientKey.id}`);
  // A user that is named by a path only can switch masking on, but not off.
  const isProven = clientKey?.user === user;
  const ofUser = proven(scopes.get(`user:${user}`), isProven);
  const ofTeam = proven(
    team === undefined ? undefined : scopes.get(`team:${team}`),
    isProven || team === clientKey?.team,
  );
  return (ofKey ?? ofUser ?? ofTeam ?? (isOnByDefault ? 'on' : 'off')) === 'on';
}

function proven(value: KeyMasking | undefined, isProven: boolean): KeyMasking | undefined {
  return value === 'on' || isProven ? value : undefined;
}
