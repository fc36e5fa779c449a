import { BatchWriteCommand, type BatchWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { keyOfWrite } from './checked-writes.js';
import { backOff, type DynamoCalls } from './dynamo-calls.js';
import type { DynamoTable } from './dynamo-table.js';
import { checkSize } from './item-size.js';
import { StorageError } from './storage-error.js';
import type { IndependentWrite, Refusal, Step, TableDefinition } from './table.js';

/** The limit of BatchWriteItem. */
const MAX_BATCH = 25;
/** Leaves sockets of the process for other calls. */
const MAX_CALLS_AT_ONCE = 8;

type Put = Extract<IndependentWrite, { kind: 'put' }>;
type Increment = Extract<IndependentWrite, { kind: 'increment' }>;
type Requests = NonNullable<BatchWriteCommandInput['RequestItems']>;

/** Sends validated writes one call each, except puts, which share a batch but fail individually. */
export class DynamoEach {
  readonly #calls: DynamoCalls;
  readonly #tableOf: (definition: TableDefinition) => DynamoTable;

  constructor(calls: DynamoCalls, tableOf: (definition: TableDefinition) => DynamoTable) {
    this.#calls = calls;
    this.#tableOf = tableOf;
  }

  async write(writes: readonly IndependentWrite[], step: Step): Promise<Refusal[]> {
    const puts = writes.filter((write) => write.kind === 'put');
    const increments = writes.filter((write) => write.kind === 'increment');
    const jobs = [
      ...chunksOf(puts, MAX_BATCH).map((batch) => () => this.#putAll(batch)),
      ...increments.map((write) => () => this.#count(write, step)),
    ];
    return (await allOf(jobs, MAX_CALLS_AT_ONCE)).flat();
  }

  /** The engine refuses a batch as a whole. The batch is then halved until the invalid item is alone. */
  async #putAll(puts: readonly Put[]): Promise<Refusal[]> {
    try {
      for (const { table, item } of puts) checkSize(table.name, item);
      await this.#send(puts);
      return [];
    } catch (error) {
      if (!isInvalid(error)) throw error;
      if (puts.length === 1) return [{ write: puts[0]!, error }];
      const middle = Math.ceil(puts.length / 2);
      return [...(await this.#putAll(puts.slice(0, middle))), ...(await this.#putAll(puts.slice(middle)))];
    }
  }

  async #send(puts: readonly Put[]): Promise<void> {
    let requests: Requests | undefined = requestsOf(puts);
    for (let attempt = 1; ; attempt++) {
      const left: Requests | undefined = await this.#batchWrite(requests);
      if (left === undefined || Object.keys(left).length === 0) return;
      if (attempt >= this.#calls.maxAttempts)
        throw new StorageError('throttled', 'DynamoDB stored only a part of a batch');
      requests = left;
      await backOff(attempt);
    }
  }

  async #batchWrite(requests: Requests): Promise<Requests | undefined> {
    const command = new BatchWriteCommand({ RequestItems: requests });
    const { UnprocessedItems: left } = await this.#calls.repeatable('batch', (client) => client.send(command));
    return left as Requests | undefined;
  }

  async #count(write: Increment, step: Step): Promise<Refusal[]> {
    try {
      checkSize(write.table.name, write.set ?? {});
      await this.#tableOf(write.table).incrementOnce(keyOfWrite(write), write, step);
      return [];
    } catch (error) {
      if (!isInvalid(error)) throw error;
      return [{ write, error }];
    }
  }
}

function isInvalid(error: unknown): error is StorageError {
  return error instanceof StorageError && error.kind === 'invalid';
}

function requestsOf(puts: readonly Put[]): Requests {
  const requests: Requests = {};
  for (const { table, item } of puts) {
    requests[table.name] ??= [];
    requests[table.name]!.push({ PutRequest: { Item: item } });
  }
  return requests;
}

function chunksOf<Member>(members: readonly Member[], size: number): Member[][] {
  const count = Math.ceil(members.length / size);
  return Array.from({ length: count }, (_, chunk) => members.slice(chunk * size, (chunk + 1) * size));
}

/** Runs up to `atOnce` jobs at a time. After a failure it starts no job, waits for the running ones, and throws. */
async function allOf<Result>(jobs: readonly (() => Promise<Result>)[], atOnce: number): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  const waiting = jobs.values();
  const work = async () => {
    for (const job of waiting) {
      if (failures.length > 0) return;
      await job().then(
        (result) => results.push(result),
        (error: unknown) => failures.push(error),
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
