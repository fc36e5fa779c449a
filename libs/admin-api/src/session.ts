/** What a person may do: change everything, read all figures, or read its own. */
export type PrincipalRole = 'admin' | 'viewer' | 'user';

/**
 * `GET /api/session` (open to all): how to sign in to the dashboard. `POST /api/session` with `{"token": "…"}` (the
 * admin token, a client key, or the code of a sign-in link) sets the cookie. `DELETE /api/session` ends the session.
 */
export interface Session {
  /** The caller may use the admin endpoints, by its role. */
  readonly is_signed_in: boolean;
  /** False if the gateway has no admin token: no session can begin. */
  readonly needs_token: boolean;
  /** With a sign-in only. A program of this machine may read without one. */
  readonly role?: PrincipalRole;
  readonly user?: string | null;
  readonly team?: string | null;
  /** Of the gateway. */
  readonly version?: string;
}

/** `GET /health`: the process runs. Open to all, and independent of other services. */
export interface Health {
  readonly status: 'ok';
  readonly uptime_seconds: number;
  /** Of the gateway. */
  readonly version: string;
}

/** `GET /health/ready`. `detail` is empty unless the caller is an operator. */
export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'draining';
  readonly store: string;
  readonly upstreams: readonly { readonly name: string; readonly usable: boolean; readonly detail: string }[];
  /** The operator's accounts. Absent without any. */
  readonly accounts?: {
    readonly total: number;
    readonly ready: number;
    /** For operators: those that are not ready. Times are epoch milliseconds. */
    readonly not_ready: readonly {
      readonly name: string;
      readonly state: string;
      readonly reason: string | null;
      readonly until: number | null;
    }[];
  };
}
