import { type ErrorDetails, type ErrorType, STATUS_BY_ERROR_TYPE } from '@claude-proxy/messages-api';

export interface GatewayErrorOptions {
  readonly type: ErrorType;
  readonly message: string;
  /** Only where it differs from the status that Anthropic gives this type. */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** False tells clients that asking again is useless: `x-should-retry: false`. */
  readonly isWorthRetrying?: boolean;
  readonly details?: ErrorDetails;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
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
    this.headers = {
      ...options.headers,
      ...(options.retryAfterSeconds === undefined ? {} : { 'retry-after': String(options.retryAfterSeconds) }),
      ...(options.isWorthRetrying === false ? { 'x-should-retry': 'false' } : {}),
    };
  }
}
