import { StorageError, type StorageFailure } from './storage-error.js';

/** Names from the DynamoDB API reference ("Common errors" and each action) and from the layers of the SDK. */
const KIND_BY_NAME: Readonly<Record<string, StorageFailure>> = {
  ResourceNotFoundException: 'missing_table',
  UnknownOperationException: 'unsupported',
  ProvisionedThroughputExceededException: 'throttled',
  ProvisionedThroughputExceeded: 'throttled',
  RequestLimitExceeded: 'throttled',
  ThrottlingException: 'throttled',
  ThrottlingError: 'throttled',
  LimitExceededException: 'throttled',
  // Refused because a transaction holds the item at this moment: nothing was written.
  TransactionConflictException: 'conflict',
  TransactionConflict: 'conflict',
  TransactionInProgressException: 'conflict',
  ValidationException: 'invalid',
  ValidationError: 'invalid',
  SerializationException: 'invalid',
  ItemCollectionSizeLimitExceededException: 'invalid',
  ItemCollectionSizeLimitExceeded: 'invalid',
  IdempotentParameterMismatchException: 'invalid',
  AccessDeniedException: 'denied',
  AccessDenied: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredTokenException: 'denied',
  IncompleteSignatureException: 'denied',
  InvalidSignatureException: 'denied',
  MissingAuthenticationTokenException: 'denied',
  UnrecognizedClientException: 'denied',
  InternalServerError: 'unreachable',
  ServiceUnavailable: 'unreachable',
  TimeoutError: 'unreachable',
  AbortError: 'unreachable',
};

/** Turns an error of the AWS SDK into a `StorageError`. `what` names the table or the operation. */
export function dynamoErrorToStorageError(error: unknown, what: string): StorageError {
  if (error instanceof StorageError) return error;
  const reason = (error as Partial<Error>).message || nameOf(error);
  return new StorageError(kindOf(error), `DynamoDB, ${what}: ${reason}`, error);
}

export function kindOfName(name: string | undefined): StorageFailure {
  return KIND_BY_NAME[name ?? ''] ?? 'failed';
}

/** Refused without any effect: the same call can be sent again. */
export function isPassing(kind: StorageFailure): boolean {
  return kind === 'throttled' || kind === 'conflict';
}

export function nameOf(error: unknown): string {
  return (error as Partial<Error> | undefined)?.name ?? String(error);
}

function kindOf(error: unknown): StorageFailure {
  const named = kindOfName(nameOf(error));
  if (named !== 'failed') return named;
  const { attempts = 0, httpStatusCode } = (error as { $metadata?: Metadata }).$metadata ?? {};
  // Larger than the engine accepts.
  if (httpStatusCode === 413) return 'invalid';
  // Sent, but no status came back: the connection failed (socket, resolver or TLS).
  const isLineBroken = attempts > 0 && httpStatusCode === undefined;
  return isLineBroken || (httpStatusCode ?? 0) >= 500 ? 'unreachable' : 'failed';
}

/** Set by the retry layer of the SDK on every error that passes it. */
interface Metadata {
  readonly attempts?: number;
  readonly httpStatusCode?: number;
}
