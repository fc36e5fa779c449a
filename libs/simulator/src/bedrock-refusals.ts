import type { AnswerOptions } from './answer-options.js';
import type { Behaviour, Failure } from './behaviours.js';

/** Exceptions of InvokeModel with their HTTP status before the first byte. */
const STATUS_BY_EXCEPTION = {
  ValidationException: 400,
  ServiceQuotaExceededException: 400,
  AccessDeniedException: 403,
  MissingAuthenticationTokenException: 403,
  ResourceNotFoundException: 404,
  ModelTimeoutException: 408,
  ModelErrorException: 424,
  ModelStreamErrorException: 424,
  ThrottlingException: 429,
  ModelNotReadyException: 429,
  InternalServerException: 500,
  ServiceUnavailableException: 503,
} as const;

/** The name of an exception of InvokeModel. */
export type BedrockExceptionName = keyof typeof STATUS_BY_EXCEPTION;

/** Differences from the default refusal of the same kind. */
export interface ExceptionOptions {
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly latencyMs?: number;
}

/** The model's own error, for a model that failed behind Bedrock. */
export interface ModelErrorOptions extends ExceptionOptions {
  readonly originalStatusCode?: number;
  readonly resourceName?: string;
}

/** A failure in Bedrock's format. `fields` are added beside `message` in its JSON. */
export function bedrockFailure(
  name: BedrockExceptionName,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
): Failure {
  return { status: STATUS_BY_EXCEPTION[name], name, message, ...(fields && { fields }) };
}

/** 429: too many tokens or requests. */
export function throttled(options: ExceptionOptions = {}): Behaviour {
  return refusal(bedrockFailure('ThrottlingException', 'Too many tokens, please wait before trying again.'), options);
}

/** 400 with a message that names the invalid part. */
export function validation(
  message = 'Input is too long for requested model.',
  options: ExceptionOptions = {},
): Behaviour {
  return refusal(bedrockFailure('ValidationException', message), options);
}

/** 403: the role may not call this model. */
export function accessDenied(options: ExceptionOptions = {}): Behaviour {
  const message =
    'User: arn:aws:sts::123456789012:assumed-role/gateway/task is not authorized to perform: bedrock:InvokeModel';
  return refusal(bedrockFailure('AccessDeniedException', message), options);
}

/** 404: the account has no such model. */
export function notFound(options: ExceptionOptions = {}): Behaviour {
  return refusal(bedrockFailure('ResourceNotFoundException', 'Could not resolve the foundation model.'), options);
}

/** 429: the model is still loading. */
export function modelNotReady(options: ExceptionOptions = {}): Behaviour {
  return refusal(bedrockFailure('ModelNotReadyException', 'Model is not ready for inference.'), options);
}

/** 400: a quota of the account is used up. */
export function quotaExceeded(options: ExceptionOptions = {}): Behaviour {
  const message = 'Your request exceeds the service quota for your account.';
  return refusal(bedrockFailure('ServiceQuotaExceededException', message), options);
}

/** 408: the model took too long. */
export function modelTimeout(options: ExceptionOptions = {}): Behaviour {
  return refusal(bedrockFailure('ModelTimeoutException', 'Model has timed out in processing the request.'), options);
}

/** 424: the model failed while it processed the request. */
export function modelError(options: ModelErrorOptions = {}): Behaviour {
  const { originalStatusCode = 500, resourceName = 'anthropic.claude', ...rest } = options;
  const message = 'The model returned an error while processing the request.';
  return refusal(bedrockFailure('ModelErrorException', message, { originalStatusCode, resourceName }), rest);
}

/** 500. */
export function internal(options: ExceptionOptions = {}): Behaviour {
  const message = 'The system encountered an unexpected error during processing. Try your request again.';
  return refusal(bedrockFailure('InternalServerException', message), options);
}

/** 503. */
export function unavailable(options: ExceptionOptions = {}): Behaviour {
  const message = 'Bedrock is unable to process your request.';
  return refusal(bedrockFailure('ServiceUnavailableException', message), options);
}

/** A stream that breaks off with an exception frame. A request without a stream gets a plain refusal. */
export function exceptionMidStream(
  name: BedrockExceptionName,
  message: string,
  { afterEvents = 4, fields, ...options }: AnswerOptions & ExceptionFrameOptions = {},
): Behaviour {
  const failure = bedrockFailure(name, message, fields);
  return { kind: 'answer', options, fault: { kind: 'failure', afterEvents, failure } };
}

/** Position of an exception frame, and its fields beside `message` (`originalStatusCode`, `originalMessage`). */
export interface ExceptionFrameOptions {
  readonly afterEvents?: number;
  readonly fields?: Readonly<Record<string, unknown>>;
}

function refusal(failure: Failure, options: ExceptionOptions): Behaviour {
  return { kind: 'refusal', failure: { ...failure, ...options } };
}
