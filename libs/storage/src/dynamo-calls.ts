import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { dynamoErrorToStorageError, isPassing, nameOf } from './dynamo-error.js';
import { ConditionFailedError, StorageError } from './storage-error.js';
import type { Key, TableDefinition } from './table.js';

const FIRST_BACKOFF_MS = 25;

export interface DynamoOptions {
  readonly region: string;
  /** Another engine with the protocol of DynamoDB: `http://127.0.0.1:8000`. */
  readonly endpoint?: string;
  /** Default: the SDK's default chain. */
  readonly credentials?: DynamoDBClientConfig['credentials'];
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
  /** Timeout of one attempt, including the connection: a hanging store must not block the gateway. Default 2000. */
  readonly requestTimeoutMs?: number;
  /** Number of attempts for repeatable calls. Default 3. */
  readonly maxAttempts?: number;
}

export type Send<T> = (client: DynamoDBDocumentClient) => Promise<T>;

/** Sends calls to the engine, with timeouts, safe retries, and our own errors instead of the SDK's. */
export class DynamoCalls {
  readonly maxAttempts: number;
  readonly #requests: NodeHttpHandler;
  readonly #repeating: DynamoDBDocumentClient;
  readonly #single: DynamoDBDocumentClient;
  #isClosed = false;

  constructor({ region, endpoint, credentials, requestTimeoutMs = 2000, maxAttempts = 3 }: DynamoOptions) {
    this.maxAttempts = maxAttempts;
    this.#requests = new NodeHttpHandler({
      connectionTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      socketTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    });
    const shared = { region, endpoint, requestHandler: this.#requests };
    const repeating = new DynamoDBClient({ ...shared, credentials, maxAttempts });
    this.#repeating = documents(repeating);
    this.#single = documents(
      new DynamoDBClient({ ...shared, credentials: repeating.config.credentials, maxAttempts: 1 }),
    );
  }

  /** For calls that have the same effect once or twice. The SDK retries after any transient failure. */
  async repeatable<T>(what: string, send: Send<T>): Promise<T> {
    return this.#translateErrors(what, () => send(this.#repeating));
  }

  /** For calls that count, or fail the second time because the first one worked. Retried only if surely not applied. */
  async unrepeatable<T>(what: string, send: Send<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#translateErrors(what, () => send(this.#single));
      } catch (error) {
        const isRefused = error instanceof StorageError && isPassing(error.kind);
        if (!isRefused || attempt >= this.maxAttempts) throw error;
        await backOff(attempt);
      }
    }
  }

  /** A write of one item. @throws ConditionFailedError */
  async write(table: TableDefinition, key: Key, isRepeatable: boolean, send: Send<unknown>): Promise<void> {
    try {
      await (isRepeatable ? this.repeatable(table.name, send) : this.unrepeatable(table.name, send));
    } catch (error) {
      const isConditionFailed = error instanceof Error && nameOf(error.cause) === 'ConditionalCheckFailedException';
      throw isConditionFailed ? new ConditionFailedError(table.name, key) : error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#requests.destroy();
  }

  async #translateErrors<T>(what: string, call: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new StorageError('closed', `DynamoDB, ${what}: the store was closed`);
    try {
      return await call();
    } catch (error) {
      throw dynamoErrorToStorageError(error, what);
    }
  }
}

/** The delay grows with each attempt and is random, so that colliding callers do not collide again. */
export async function backOff(attempt: number): Promise<void> {
  await sleep(FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
}

function documents(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    // A sum beyond 2^53 is returned rounded, as in SQLite. By default the SDK would refuse to read the item.
    unmarshallOptions: { wrapNumbers: Number },
  });
}
