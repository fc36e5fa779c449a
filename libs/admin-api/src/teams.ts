import type { ClientKey } from './keys.js';
import type { PrincipalRole } from './session.js';

export interface Team {
  readonly name: string;
  readonly users: readonly string[];
}

/** Answer of `GET /api/teams`. A viewer of one team gets that team. */
export interface TeamList {
  readonly teams: readonly Team[];
}

/** Answer of `GET /api/me`. */
export interface Me {
  readonly role: PrincipalRole;
  /** Null for the admin token. */
  readonly user: string | null;
  readonly team: string | null;
  readonly key_id: string | null;
  /** All keys of the user. */
  readonly keys: readonly ClientKey[];
  readonly may_create_keys: boolean;
}
