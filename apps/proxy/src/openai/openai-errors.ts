import { type ErrorType, errorTypeOfStatus } from '@claude-proxy/messages-api';
import { isJsonObject, type JsonObject, textOf } from './json-object.js';

/** What OpenAI's clients find under `error`. */
export interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** A refusal in Anthropic's words. */
export interface Refused {
  readonly type: string;
  readonly message: string;
  readonly details?: JsonObject | undefined;
}

const BY_TYPE: Readonly<Record<ErrorType, readonly [type: string, code: string | null]>> = {
  invalid_request_error: ['invalid_request_error', null],
  authentication_error: ['invalid_request_error', 'invalid_api_key'],
  billing_error: ['insufficient_quota', 'insufficient_quota'],
  permission_error: ['permission_error', 'permission_denied'],
  not_found_error: ['invalid_request_error', 'not_found'],
  conflict_error: ['invalid_request_error', 'conflict'],
  request_too_large: ['invalid_request_error', 'request_too_large'],
  rate_limit_error: ['rate_limit_error', 'rate_limit_exceeded'],
  api_error: ['server_error', null],
  timeout_error: ['server_error', 'timeout'],
  overloaded_error: ['server_error', 'overloaded'],
};
const SPENT = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached']);
const OVERLOADED = 529;

/** OpenAI's own service has 503 for it; tools know no 529. */
export function openAiStatusOf(status: number): number {
  return status === OVERLOADED ? 503 : status;
}

export function openAiErrorOf({ type, message, details }: Refused): OpenAiError {
  const [openAiType, code] = BY_TYPE[type as ErrorType] ?? ['server_error', null];
  const errorCode = textOf(details?.error_code);
  if (SPENT.has(errorCode)) return { message, type: 'insufficient_quota', param: null, code: 'insufficient_quota' };
  const param = textOf(details?.param) || null;
  return { message, type: openAiType, param, code: errorCode || codeOfWords(type, message) || code };
}

/** Agents shorten their history on one of these codes, and give up on the other. */
function codeOfWords(type: string, message: string): string | undefined {
  if (/prompt is too long|prompt_too_long|exceed context limit/.test(message)) return 'context_length_exceeded';
  return type === 'not_found_error' && message.startsWith('model:') ? 'model_not_found' : undefined;
}

/** What an upstream said in its refusal, or why it cannot be told. */
export function refusedBy(body: string, status: number): Refused {
  try {
    const parsed: unknown = JSON.parse(body);
    const error = isJsonObject(parsed) ? parsed.error : undefined;
    if (isJsonObject(error) && typeof error.message === 'string') {
      const details = isJsonObject(error.details) ? error.details : undefined;
      return { type: textOf(error.type), message: error.message, details };
    }
  } catch {
    // A web page of a proxy on the way.
  }
  return { type: errorTypeOfStatus(status), message: `The upstream answered ${status} without an explanation.` };
}
