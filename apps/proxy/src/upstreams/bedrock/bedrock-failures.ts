import { type ErrorType, errorBody, errorTypeOfStatus, STATUS_BY_ERROR_TYPE } from '@claude-proxy/messages-api';
import { bodyOfBytes, type Failure, UpstreamError, type UpstreamErrorOptions } from '@claude-proxy/upstream';
import { isCallersMistake } from './callers-mistakes.js';
import { refusalOf } from './refusal-wordings.js';

/** A failure at AWS in our terms and Anthropic's. */
export interface BedrockFault {
  readonly failure: Failure;
  readonly type: ErrorType;
  readonly status: number;
  /** For the caller, without ARN, account or key. */
  readonly message: string;
  /** AWS's own message, for matching only. */
  readonly awsMessage: string;
  /** True if the same request can succeed after a short time. */
  readonly isPassing: boolean;
  readonly isWorthWaiting: boolean;
  readonly isForCaller: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;
  readonly cause: unknown;
}

type Verdict = Pick<BedrockFault, 'failure' | 'type' | 'message'> &
  Partial<Pick<BedrockFault, 'status' | 'isPassing' | 'isWorthWaiting' | 'isForCaller'>>;

/** The used parts of an error of the AWS SDK. */
interface AwsError extends Error {
  readonly code?: string;
  /** Set on the exceptions of AWS's model. */
  readonly $fault?: string;
  readonly originalStatusCode?: number;
  readonly originalMessage?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

const THROTTLED = ['ThrottlingException', 'TooManyRequestsException', 'ModelNotReadyException'];
/** Errors that only the operator can fix: permissions, signature, clock, an unknown or retired model. */
const MISCONFIGURED = [
  ...['AccessDeniedException', 'AccessDenied', 'ExpiredTokenException', 'ExpiredToken', 'UnrecognizedClientException'],
  ...['InvalidSignatureException', 'SignatureDoesNotMatch', 'IncompleteSignatureException', 'IncompleteSignature'],
  ...['MissingAuthenticationTokenException', 'MissingAuthenticationToken', 'InvalidClientTokenId', 'OptInRequired'],
  ...['NotAuthorized', 'ResourceNotFoundException', 'RequestExpired', 'UnauthorizedException'],
];
/** Only messages of these are shown: a signature error quotes the signed headers, including the session token. */
const EXPLAINED = new Set(['AccessDeniedException', 'ResourceNotFoundException']);
const WRONG_MODEL_ID = /inference profile|on-demand throughput|provided model identifier is invalid/i;
/** AWS's prefix before the message of the model. */
const PREAMBLE = /^(?:The model returned the following errors: |Malformed input request: )+/i;
const ANTHROPICS_WORDS = /^(?:prompt is too long\b|input length and `?max_tokens)/i;
const DAILY_QUOTA = /per day/i;
/** Also matched by message: the SDK wraps an error of another realm and drops its code. */
const LOST_CONNECTION = /ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|socket hang up|\baborted\b/;
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/arn:aws[^\s"',)]*/g, '[arn]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, '[key]'],
  [/\b\d{12}\b/g, '[account]'],
];
const MAX_MESSAGE_LENGTH = 1_000;
/** AWS quotes the request, so a caller controls the length of its messages. Expressions match at most this much. */
const MAX_MATCHED_LENGTH = 8_000;
/** `messages.1.content.0: …`, if it consists of names of the API. */
const PLACE = /^[a-z_]+(?:\.(?:\d+|[a-z_]+))*(?=: )/;

const VERDICT_BY_NAME: ReadonlyMap<string, (error: AwsError, text: string) => Verdict> = new Map([
  ['ValidationException', invalid],
  ...THROTTLED.map((name) => [name, throttled] as const),
  ...MISCONFIGURED.map((name) => [name, misconfigured] as const),
  ['ServiceQuotaExceededException', (_error, message) => limited(message)],
  ['ModelTimeoutException', (_error, message) => ({ failure: 'timed_out', type: 'timeout_error', message })],
  ['ModelErrorException', failedModel],
  ['ModelStreamErrorException', failedModel],
  ['InternalServerException', (_error, message) => ({ failure: 'unreachable', type: 'api_error', message })],
  ['ServiceUnavailableException', (_error, message) => overloaded(message)],
  ['TimeoutError', silent],
  ['NoCredentialsError', (error) => ({ ...brokenGateway(error.message), isWorthWaiting: false })],
]);

/**
 * Source: exceptions of InvokeModel, https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
 */
export function faultOf(cause: unknown): BedrockFault {
  if (cause instanceof FaultError) return cause.fault;
  const error = (isErrorLike(cause) ? cause : new Error(String(cause))) as AwsError;
  const awsMessage = String(error.originalMessage ?? messageOf(error.message)).slice(0, MAX_MATCHED_LENGTH);
  const text = withoutSecrets(awsMessage);
  // In a stream the SDK uses the frame's spelling of some exceptions, in lower camel case.
  const name = error.name.charAt(0).toUpperCase() + error.name.slice(1);
  const verdict = lost(error) ?? VERDICT_BY_NAME.get(name)?.(error, text) ?? ofStatus(error, text);
  return {
    status: STATUS_BY_ERROR_TYPE[verdict.type],
    isPassing: false,
    isWorthWaiting: true,
    isForCaller: false,
    ...verdict,
    awsMessage,
    retryAfterSeconds: retryAfterOf(error),
    requestId: error.$metadata?.requestId,
    cause,
  };
}

/** Wraps a known fault to throw it. */
export class FaultError extends Error {
  override readonly name = 'FaultError';

  constructor(readonly fault: BedrockFault) {
    super(fault.message);
  }
}

/** A stream that ended properly, but too early. */
export function faultOfBrokenStream(when: string, requestId: string | undefined): BedrockFault {
  const end = Object.assign(new Error(), { code: 'ECONNRESET' });
  return { ...faultOf(end), message: `AWS Bedrock ended the answer ${when}`, requestId };
}

/** An `error` event of the model as the first event. */
export function faultOfErrorEvent(json: Buffer, requestId: string | undefined): BedrockFault {
  const { type, message } = JSON.parse(json.toString()).error ?? {};
  const status = STATUS_BY_ERROR_TYPE[type as ErrorType] ?? 500;
  const fault = faultOf(Object.assign(new Error(String(message)), { $metadata: { httpStatusCode: status } }));
  return { ...fault, requestId };
}

/** The error for the router. The caller gets `answer` if no other upstream answers. */
export function upstreamErrorOf(fault: BedrockFault): UpstreamError {
  const body = JSON.stringify(errorBody(fault.type, fault.message, fault.requestId));
  const headers = ['content-type', 'application/json'];
  if (fault.requestId) headers.push('request-id', fault.requestId);
  if (fault.retryAfterSeconds !== undefined) headers.push('retry-after', String(fault.retryAfterSeconds));
  const options: UpstreamErrorOptions = {
    failure: fault.failure,
    message: recordOf(fault),
    isWorthWaiting: fault.isWorthWaiting,
    isForCaller: fault.isForCaller,
    answer: { status: fault.status, headers, body: bodyOfBytes(body) },
    cause: fault.cause,
  };
  const { retryAfterSeconds } = fault;
  return new UpstreamError(retryAfterSeconds === undefined ? options : { ...options, retryAfterSeconds });
}

/** The stored message. A refusal can quote the request, so only its kind and place are stored. */
function recordOf({ failure, type, message, awsMessage }: BedrockFault): string {
  if (failure !== 'rejected') return message;
  const place = PLACE.exec(awsMessage)?.[0];
  if (refusalOf(awsMessage).meaning === 'too_long') return 'AWS Bedrock refused the request: the prompt is too long';
  return `AWS Bedrock refused the request: ${type}${place ? ` at ${place}` : ''}`;
}

function invalid(_error: AwsError, message: string): Verdict {
  if (WRONG_MODEL_ID.test(message))
    return brokenGateway(`AWS Bedrock does not accept the configured model id: ${message}`);
  return rejected(message, 'invalid_request_error');
}

function rejected(message: string, type: ErrorType): Verdict {
  const isTooLong = refusalOf(message).meaning === 'too_long';
  if (!isTooLong) return { failure: 'rejected', type, message, isForCaller: isCallersMistake(message) };
  return { ...tooLong(message.replace(PREAMBLE, '')), failure: 'rejected', isForCaller: true };
}

/** Clients compact, or request a shorter answer, only on Anthropic's message, not on Bedrock's. */
function tooLong(words: string): Pick<Verdict, 'type' | 'message'> {
  const message = ANTHROPICS_WORDS.test(words)
    ? words
    : `prompt is too long: ${words} (capability_rejected: prompt_too_long)`;
  return { type: 'invalid_request_error', message };
}

/** A daily quota, which is 0 for many new accounts, does not recover within minutes. */
function throttled(_error: AwsError, message: string): Verdict {
  const isSpent = DAILY_QUOTA.test(message);
  return { ...limited(message), isPassing: !isSpent, isWorthWaiting: !isSpent };
}

function limited(message: string): Verdict {
  return { failure: 'rate_limited', type: 'rate_limit_error', message };
}

function overloaded(message: string): Verdict {
  return { failure: 'overloaded', type: 'overloaded_error', message };
}

function misconfigured({ name }: AwsError, message: string): Verdict {
  return brokenGateway(`AWS Bedrock refused the gateway (${name})${EXPLAINED.has(name) ? `: ${message}` : ''}`);
}

function brokenGateway(message: string): Verdict & { status: number } {
  return { failure: 'unreachable', type: 'api_error', status: 502, message };
}

/** 424: uses the model's own status, which is more precise. */
function failedModel(error: AwsError, message: string): Verdict {
  return verdictOfStatus(error.originalStatusCode ?? 500, message);
}

/** The SDK has one name for both of its timeouts: for connecting, and for silence. */
function silent(_error: AwsError, message: string): Verdict {
  if (/inactivity/.test(message)) {
    return { failure: 'timed_out', type: 'timeout_error', message: 'AWS Bedrock fell silent' };
  }
  return brokenGateway('AWS Bedrock cannot be reached: no connection in time');
}

/** Checked before the names, because the SDK also names a reset connection `TimeoutError`. */
function lost(error: AwsError): Verdict | undefined {
  const { code, message } = error;
  const isAnswered = error.$fault !== undefined || (statusOf(error) ?? 0) >= 400;
  if (isAnswered) return undefined;
  const isLost = LOST_CONNECTION.test(`${code} ${message.slice(0, MAX_MATCHED_LENGTH)}`);
  if (!isLost && !code) return undefined;
  const what = isLost ? 'closed the connection' : `cannot be reached (${code})`;
  return { ...brokenGateway(`AWS Bedrock ${what}`), isPassing: isLost };
}

function ofStatus(error: AwsError, message: string): Verdict {
  const status = statusOf(error) ?? 0;
  const isUnreadable = error.name === 'SyntaxError' && status !== 429 && status !== 503;
  // A page instead of JSON, or bytes that are not an event stream: the SDK's text would not help a caller.
  if (status < 400 || isUnreadable) return brokenGateway('AWS Bedrock gave an unreadable answer');
  return verdictOfStatus(status, error.name === 'SyntaxError' ? `AWS Bedrock answered ${status}` : message);
}

function statusOf({ $response, $metadata }: AwsError): number | undefined {
  return $response?.statusCode ?? $metadata?.httpStatusCode;
}

function verdictOfStatus(status: number, message: string): Verdict {
  if (status === 429) return limited(message);
  if (status === 503 || status === 529) return overloaded(message);
  if (status === 408 || status === 504) return { failure: 'timed_out', type: 'timeout_error', message };
  if (status === 401 || status === 403 || status === 404)
    return brokenGateway(`AWS Bedrock refused the gateway (${status})`);
  if (status >= 400 && status < 500) return rejected(message, errorTypeOfStatus(status));
  return { failure: 'unreachable', type: 'api_error', message };
}

/** `instanceof` would miss errors of another realm. */
function isErrorLike(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'message' in cause && 'name' in cause;
}

/** The message of an unknown exception type is its JSON body. */
function messageOf(text: string): string {
  if (!text.startsWith('{')) return text;
  try {
    const { message, Message } = JSON.parse(text);
    return String(message ?? Message ?? text);
  } catch {
    return text;
  }
}

function withoutSecrets(text: string): string {
  const hidden = SECRETS.reduce((shown, [pattern, replacement]) => shown.replaceAll(pattern, replacement), text);
  return hidden.slice(0, MAX_MESSAGE_LENGTH);
}

function retryAfterOf({ $response }: AwsError): number | undefined {
  const text = $response?.headers?.['retry-after'];
  return text && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
