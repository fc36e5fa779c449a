/** Answers and bodies of `/api/keys`. Times are epoch milliseconds. */

/**
 * `user` sees its own figures; `viewer` reads the figures of all users, or of its team if the key has one; `admin` may
 * change everything. `delegate` may send requests for other users.
 */
export const KEY_ROLES = ['user', 'viewer', 'admin', 'delegate'] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

export const KEY_ENDPOINTS = [
  'messages',
  'count_tokens',
  'batches',
  'files',
  'skills',
  'models',
  'chat_completions',
  'responses',
] as const;
export type KeyEndpoint = (typeof KEY_ENDPOINTS)[number];

export const KEY_MASKINGS = ['on', 'off'] as const;
export type KeyMasking = (typeof KEY_MASKINGS)[number];

/** A missing limit does not limit. */
export interface KeyLimits {
  readonly requests_per_minute?: number;
  /** Input tokens outside of the cache, and output tokens. */
  readonly tokens_per_minute?: number;
  readonly concurrency?: number;
}

export interface ClientKey {
  /** Public: names the key in logs, metrics and pages. */
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly owner: 'user' | 'service';
  readonly team: string | null;
  /** Null allows all. */
  readonly models: readonly string[] | null;
  readonly endpoints: readonly string[] | null;
  readonly roles: readonly KeyRole[];
  readonly limits: KeyLimits;
  /** `off`: requests with this key are not masked. Missing: as `MASKING` says. */
  readonly masking?: KeyMasking;
  readonly state: 'active' | 'disabled' | 'revoked' | 'expired';
  readonly created_at: number;
  readonly created_by: string;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  readonly rotated_at: number | null;
  /** Until then the key before the last rotation works, too. */
  readonly previous_until: number | null;
  /** `YYYY-MM-DD`, UTC. */
  readonly last_used_day: string | null;
}

export interface KeyList {
  readonly keys: readonly ClientKey[];
}

/** Body of `POST /api/keys`. */
export interface NewKey {
  readonly name: string;
  readonly user: string;
  readonly owner?: 'user' | 'service';
  readonly team?: string | null;
  readonly models?: readonly string[] | null;
  readonly endpoints?: readonly KeyEndpoint[] | null;
  readonly roles?: readonly KeyRole[];
  readonly limits?: KeyLimits;
  readonly masking?: KeyMasking;
  readonly expires_at?: number | null;
  /** An existing key of the form `ccf_` and 64 hex digits, instead of a new one. */
  readonly imported_key?: string;
}

/** Body of `PATCH /api/keys/{id}`. */
export type KeyChange = Partial<Omit<NewKey, 'user' | 'owner' | 'imported_key'>> & {
  readonly state?: 'active' | 'disabled';
};

/** The only answer with the text of the key. */
export interface CreatedKey {
  readonly id: string;
  readonly key: string;
}
