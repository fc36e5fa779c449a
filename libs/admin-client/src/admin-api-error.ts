/** The gateway refused a request, or did not answer: then the status is 0. */
export class AdminApiError extends Error {
  override readonly name = 'AdminApiError';

  constructor(
    readonly status: number,
    message: string,
    /** The type of the error, such as `permission_error`; undefined if something in front of the gateway answered. */
    readonly type?: string,
    /** The id of the refused request, if the gateway named one. */
    readonly requestId?: string,
    /** When the gateway allows another try. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }

  /** The token or session is missing, wrong or expired. */
  get isUnauthorized(): boolean {
    return this.status === 401 || this.status === 403;
  }
}
