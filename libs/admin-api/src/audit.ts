/** Answer of `GET /api/audit`: what operators have changed. */

/** How the operator was identified. `name` is a fingerprint of the admin token, id of the client key, or email or subject of the sign-in. */
export interface AuditActor {
  readonly kind: 'admin_token' | 'client_key' | 'session' | 'sign_in' | 'sign_in_link' | 'this_machine' | 'unknown';
  readonly name: string | null;
}

export interface AuditEntry {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What was done, such as `drill.started`. */
  readonly act: string;
  readonly actor: AuditActor;
  /** Address of the client, as the gateway sees it. */
  readonly address: string;
  /** The object of the act, such as a user; null if the act concerns all of them. */
  readonly target: string | null;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** For `?cursor=`; null at the end. */
  readonly next_cursor: string | null;
}
