import type { KeyLimits, KeyMasking, KeyRole } from '@claude-proxy/admin-api';
import type { KeyRecord } from './key-record.js';

/** A caller that has presented a valid client key. */
export interface KeyIdentity {
  /** The public id. */
  readonly id: string;
  /** Null for a key of `ALLOWED_API_KEYS`: the path names the user. */
  readonly user: string | null;
  readonly team: string | null;
  readonly roles: readonly KeyRole[];
  readonly models: readonly string[] | null;
  readonly endpoints: readonly string[] | null;
  readonly limits: KeyLimits;
  /** Missing: as `MASKING` says. */
  readonly masking?: KeyMasking;
}

export function identityOf(record: KeyRecord): KeyIdentity {
  const { id, user, team, roles, models, endpoints, limits, masking } = record;
  return { id, user, team, roles, models, endpoints, limits, ...(masking && { masking }) };
}

/** @param digest of the key */
export function listedIdentity(digest: string): KeyIdentity {
  const id = `listed-${digest.slice(0, 8)}`;
  return { id, user: null, team: null, roles: [], models: null, endpoints: null, limits: {} };
}

/** True if the key may send requests for this user. */
export function mayActFor({ user, roles }: KeyIdentity, other: string): boolean {
  return user === null || user === other || roles.includes('delegate');
}

/** `claude-haiku-*` also allows `claude-haiku-4-5`. Without context suffix, as in `claude-opus-5-5[1m]`. */
export function mayUseModel({ models }: Pick<KeyIdentity, 'models'>, model: string): boolean {
  const name = model.replace(/\[[^\]]*\]$/, '');
  return models === null || models.some((pattern) => matches(pattern, name));
}

const ENDPOINT_BY_PATH: readonly (readonly [RegExp, string])[] = [
  [/^\/v1\/messages\/batches(?:[/?]|$)/, 'batches'],
  [/^\/v1\/messages\/count_tokens(?:[/?]|$)/, 'count_tokens'],
  [/^\/v1\/messages(?:[/?]|$)/, 'messages'],
  [/^\/v1\/files(?:[/?]|$)/, 'files'],
  [/^\/v1\/skills(?:[/?]|$)/, 'skills'],
  [/^\/v1\/models(?:[/?]|$)/, 'models'],
  [/^\/v1\/chat\/completions(?:[/?]|$)/, 'chat_completions'],
  [/^\/v1\/responses(?:[/?]|$)/, 'responses'],
];

/** Undefined for a path that has no name among `endpoints`; a key with a list of endpoints may not use it. */
function endpointOf(path: string): string | undefined {
  return ENDPOINT_BY_PATH.find(([pattern]) => pattern.test(path))?.[1];
}

/** A batch names its models in its body, which is not read, so a key with a list of models cannot make one. */
export function mayUseEndpoint({ endpoints, models }: KeyIdentity, path: string): boolean {
  const endpoint = endpointOf(path);
  if (endpoint === 'batches' && models !== null) return false;
  return endpoints === null || (endpoint !== undefined && endpoints.includes(endpoint));
}

/** `*` matches any text. Linear: each part is searched once, from the left. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return pattern === text;
  const last = parts.pop()!;
  if (!text.startsWith(first)) return false;
  let position = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}
