import { type ErrorDetails, type ErrorType, STATUS_BY_ERROR_TYPE } from '@claude-proxy/messages-api';

export interface GatewayErrorOptions {
  readonly type: ErrorType;
  readonly message: string;
  /** Only where it differs from the status that Anthropic gives this type. */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** False is sent as `x-should-retry: false`. Unless given it follows from the status. */
  readonly isWorthRetrying?: boolean;
  readonly details?: ErrorDetails;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The only 4xx for which the same request may be taken later. Claude Code would send it ten times after a 401, too. */
const WORTH_RETRYING = new Set([408, 409, 425, 429]);

/**
 * @param allowed the methods that the endpoint takes
 * @param place as the sentence goes on after "is not allowed"
 */
export function methodNotAllowed(method: string, allowed: readonly string[], place = 'here'): GatewayError {
  return new GatewayError({
    type: 'invalid_request_error',
    status: 405,
    message: `${method} is not allowed ${place}; allowed: ${allowed.join(', ')}.`,
    headers: { allow: allowed.join(', ') },
  });
}

/** A refusal of ours, in Anthropic's words. Rendered by one filter per dialect. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly type: ErrorType;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  readonly details: ErrorDetails | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(options: GatewayErrorOptions) {
    super(options.message, { cause: options.cause });
    this.type = options.type;
    this.status = options.status ?? STATUS_BY_ERROR_TYPE[options.type];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details;
    const { isWorthRetrying = this.status >= 500 || WORTH_RETRYING.has(this.status) } = options;
    this.headers = {
      ...options.headers,
      ...(options.retryAfterSeconds === undefined ? {} : { 'retry-after': String(options.retryAfterSeconds) }),
      ...(isWorthRetrying ? {} : { 'x-should-retry': 'false' }),
    };
  }
}
