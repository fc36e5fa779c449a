/**
 * Anthropic's error types: one table from error type to HTTP status, and one function that writes the body.
 * Source: https://platform.claude.com/docs/en/api/errors
 */
export const STATUS_BY_ERROR_TYPE = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
} as const;

export type ErrorType = keyof typeof STATUS_BY_ERROR_TYPE;

export interface ErrorDetails {
  readonly error_code?: string;
  readonly [key: string]: unknown;
}

/** The JSON body of every refusal: `{"type":"error","error":{type, message, details?},"request_id"}`. */
export interface ErrorBody {
  readonly type: 'error';
  readonly error: { readonly type: string; readonly message: string; readonly details?: ErrorDetails };
  readonly request_id?: string | null;
}

export function errorBody(type: ErrorType, message: string, requestId?: string, details?: ErrorDetails): ErrorBody {
  const error = details ? { type, message, details } : { type, message };
  return requestId ? { type: 'error', error, request_id: requestId } : { type: 'error', error };
}

/** The error type that Anthropic uses for a status; 4xx without a type of its own is `invalid_request_error`. */
export function errorTypeOfStatus(status: number): ErrorType {
  for (const [type, known] of Object.entries(STATUS_BY_ERROR_TYPE)) {
    if (known === status) return type as ErrorType;
  }
  return status >= 400 && status < 500 ? 'invalid_request_error' : 'api_error';
}
