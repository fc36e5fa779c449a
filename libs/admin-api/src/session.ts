/**
 * `GET /api/session` (open to all): how to sign in to the dashboard. `POST /api/session` with `{"token": "…"}` (the
 * admin token, or the code of a sign-in link) sets the cookie. `DELETE /api/session` ends the session.
 */
export interface Session {
  /** The caller may use the admin endpoints. */
  readonly is_signed_in: boolean;
  /** False if the gateway has no admin token: no session can begin. */
  readonly needs_token: boolean;
}

/** `GET /health/ready`. `detail` is empty unless the caller is an operator. */
export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'draining';
  readonly store: string;
  readonly upstreams: readonly { readonly name: string; readonly usable: boolean; readonly detail: string }[];
}
