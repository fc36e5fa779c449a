/**
 * `GET /api/session` (open to all): how the dashboard gets in. `POST /api/session` with `{"token": "…"}` (the
 * admin token, or the code of a sign-in link) sets the cookie, `DELETE /api/session` ends the session.
 */
export interface Session {
  /** The caller may use the admin endpoints. */
  readonly is_signed_in: boolean;
  /** False where the gateway has no admin token, so that no session can begin. */
  readonly needs_token: boolean;
}

/** `GET /health/ready`. `detail` is empty for a caller that is not an operator. */
export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'draining';
  readonly store: string;
  readonly upstreams: readonly { readonly name: string; readonly usable: boolean; readonly detail: string }[];
}
