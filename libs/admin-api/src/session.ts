/**
 * `GET /api/session` (open to all): how the dashboard gets in. `POST /api/session` with `{"token": "…"}` signs in and
 * sets the cookie, `DELETE /api/session` signs out.
 */
export interface Session {
  /** The caller may use the admin endpoints. */
  readonly is_signed_in: boolean;
  /** An `ADMIN_TOKEN` is set; without one only direct loopback connections get in. */
  readonly needs_token: boolean;
}

/** `GET /health/ready`. */
export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'draining';
  readonly store: string;
  readonly upstreams: readonly { readonly name: string; readonly usable: boolean; readonly detail: string }[];
}
