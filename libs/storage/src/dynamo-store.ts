import { createHash } from 'node:crypto';
import { ListTablesCommand, type TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { checkedWrites, keyOfWrite, sortedWrites } from './checked-writes.js';
import { backOff, DynamoCalls, type DynamoOptions } from './dynamo-calls.js';
import { createTable } from './dynamo-create-table.js';
import { DynamoEach } from './dynamo-each.js';
import { dynamoErrorToStorageError, isPassing, kindOfName, nameOf } from './dynamo-error.js';
import { transactItem } from './dynamo-expression.js';
import { DynamoTable } from './dynamo-table.js';
import { FirstUses } from './first-uses.js';
import { ConditionFailedError, StorageError } from './storage-error.js';
import {
  type IndependentWrite,
  type Refusal,
  type Step,
  type TableDefinition,
  TableStore,
  type Write,
} from './table.js';

const MAX_TOKEN_LENGTH = 36;
/** Each is a call that takes about 0.4 ms of CPU. */
const CHEAP_INCREMENTS = 100;

/** Amazon DynamoDB, or another engine with its protocol. */
export class DynamoTableStore extends TableStore {
  override readonly cheapIncrements = CHEAP_INCREMENTS;
  readonly #calls: DynamoCalls;
  readonly #now: () => number;
  readonly #tables = new Map<string, DynamoTable>();
  readonly #firstUses: FirstUses;

  private constructor(options: DynamoOptions) {
    super();
    this.#calls = new DynamoCalls(options);
    this.#now = options.now ?? Date.now;
    this.#firstUses = new FirstUses(this.#now);
  }

  /** Opens no connection; the first call does. */
  static connect(options: DynamoOptions): DynamoTableStore {
    return new DynamoTableStore(options);
  }

  override table(definition: TableDefinition): DynamoTable {
    const known = this.#tables.get(definition.name);
    if (known !== undefined) return known;
    const table = new DynamoTable(definition, this.#calls, this.#now);
    this.#tables.set(definition.name, table);
    return table;
  }

  /**
   * The engine remembers an idempotency token for ten minutes after the first success, and only for the same bytes. The
   * request contains the time (to check whether an item has expired), so a retry uses the time of the first attempt. A
   * retry by another process is therefore refused as `invalid` and not applied twice.
   */
  override async transact(writes: readonly Write[], idempotencyToken: string): Promise<void> {
    const checked = checkedWrites(writes, idempotencyToken);
    const nowSeconds = Math.floor(this.#firstUses.of(idempotencyToken) / 1000);
    const command = {
      TransactItems: checked.map((write) => transactItem(write, nowSeconds)),
      ClientRequestToken: requestTokenOf(idempotencyToken),
    };
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#calls.repeatable('transaction', (client) => client.send(new TransactWriteCommand(command)));
        return;
      } catch (error) {
        await this.#prepareRetry(error, checked, attempt);
      }
    }
  }

  override async writeEach(writes: readonly IndependentWrite[], step: Step): Promise<readonly Refusal[]> {
    const { checked, refused } = sortedWrites(writes);
    const each = new DynamoEach(this.#calls, (definition) => this.table(definition));
    return [...refused, ...(await each.write(checked, step))];
  }

  override async createTables(definitions: readonly TableDefinition[]): Promise<void> {
    await Promise.all(definitions.map((definition) => createTable(definition, this.#calls)));
  }

  override async check(): Promise<void> {
    if (this.#tables.size === 0) {
      await this.#calls.repeatable('check', (client) => client.send(new ListTablesCommand({ Limit: 1 })));
    }
    await Promise.all([...this.#tables.values()].map((table) => table.check()));
  }

  override async close(): Promise<void> {
    this.#calls.close();
  }

  /** Returns if the same transaction can be tried again; otherwise throws the reason of its failure. */
  async #prepareRetry(error: unknown, writes: readonly Write[], attempt: number): Promise<void> {
    const cause = error instanceof StorageError ? error.cause : undefined;
    if (nameOf(cause) === 'UnknownOperationException') {
      throw new StorageError('unsupported', 'this engine has no transactions (TransactWriteItems)', cause);
    }
    if (nameOf(cause) !== 'TransactionCanceledException') throw error;
    const reasons = (cause as TransactionCanceledException).CancellationReasons ?? [];
    const refused = writes.filter((_write, position) => reasons[position]?.Code === 'ConditionalCheckFailed');
    const failed = refused.find((write) => write.kind !== 'increment');
    if (failed !== undefined) throw new ConditionFailedError(failed.table.name, keyOfWrite(failed));
    const mayPass = reasons.every(({ Code: code }) => isPassingReason(code));
    if (!mayPass || attempt >= this.#calls.maxAttempts) throw cancelled(cause, reasons);
    // An increment is refused for only one reason: its item has expired.
    await Promise.all(refused.map((write) => this.table(write.table).clearExpired(keyOfWrite(write))));
    if (refused.length === 0) await backOff(attempt);
  }
}

function isPassingReason(code: string | undefined): boolean {
  return code === undefined || code === 'None' || code === 'ConditionalCheckFailed' || isPassing(kindOfName(code));
}

/** Names the one permanent reason. If all reasons are transient, other writers kept these items busy. */
function cancelled(cause: unknown, reasons: readonly { Code?: string; Message?: string }[]): StorageError {
  const lasting = reasons.find(({ Code: code }) => !isPassingReason(code));
  const { message } = dynamoErrorToStorageError(cause, 'transaction');
  if (lasting === undefined) {
    const isConflict = reasons.some(({ Code: code }) => kindOfName(code) === 'conflict');
    return new StorageError(isConflict ? 'conflict' : 'throttled', message, cause);
  }
  return new StorageError(kindOfName(lasting.Code), `${message} ${lasting.Message ?? ''}`, cause);
}

function requestTokenOf(idempotencyToken: string): string {
  if (idempotencyToken.length <= MAX_TOKEN_LENGTH) return idempotencyToken;
  return createHash('sha256').update(idempotencyToken).digest('hex').slice(0, MAX_TOKEN_LENGTH);
}
