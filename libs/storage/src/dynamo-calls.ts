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
  /** Another engine that speaks DynamoDB: `http://127.0.0.1:8000`. */
  readonly endpoint?: string;
  /** The SDK's default chain where absent. */
  readonly credentials?: DynamoDBClientConfig['credentials'];
  /** Epoch milliseconds; `Date.now` by default. */
  readonly now?: () => number;
  /** How long one attempt may stay silent, connecting included: a store that hangs must not hang us. 2000 by default. */
  readonly requestTimeoutMs?: number;
  /** Of what may be repeated safely. 3 by default. */
  readonly maxAttempts?: number;
}

export type Send<T> = (client: DynamoDBDocumentClient) => Promise<T>;

/** The way to the engine: time limits, repetition where it does no harm, and our own errors instead of the SDK's. */
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

  /** For what has the same effect once or twice: the SDK repeats after any passing failure. */
  async repeatable<T>(what: string, send: Send<T>): Promise<T> {
    return this.#told(what, () => send(this.#repeating));
  }

  /** For what counts, or fails the second time because it worked the first: repeated only when surely not applied. */
  async unrepeatable<T>(what: string, send: Send<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#told(what, () => send(this.#single));
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

  async #told<T>(what: string, call: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new StorageError('closed', `DynamoDB, ${what}: the store was closed`);
    try {
      return await call();
    } catch (error) {
      throw dynamoErrorToStorageError(error, what);
    }
  }
}

/** Grows per attempt and differs per caller, so that those who collided do not collide again. */
export async function backOff(attempt: number): Promise<void> {
  await sleep(FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
}

function documents(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    // A sum beyond 2^53 is told rounded, as SQLite tells it; by default the SDK would refuse to read the item.
    unmarshallOptions: { wrapNumbers: Number },
  });
}
