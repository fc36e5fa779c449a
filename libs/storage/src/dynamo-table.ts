import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandOutput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type CheckedQuery, checkedQuery, cursorOf, isEmptyRange } from './checked-query.js';
import { checkDefinition, checkedChange, checkedItem, checkedKey, keyOf } from './checked-writes.js';
import { holds } from './condition.js';
import { distinctKeys } from './distinct-keys.js';
import type { DynamoCalls } from './dynamo-calls.js';
import {
  deleteExpiredInput,
  deleteInput,
  incrementInput,
  putInput,
  queryInput,
  TTL_ATTRIBUTE,
} from './dynamo-expression.js';
import { getEach } from './dynamo-get-each.js';
import { checkSize } from './item-size.js';
import { hasStep } from './step-attribute.js';
import { ConditionFailedError, StorageError } from './storage-error.js';
import {
  type Change,
  type EqualsCondition,
  type IncrementCondition,
  type Item,
  type Key,
  type Page,
  type PutCondition,
  type Query,
  type Step,
  Table,
  type TableDefinition,
} from './table.js';

/** An item can expire, be cleared and expire again between two of our calls, but not this often. */
const MAX_LIVES = 4;
const PROBE = 'storage-check';

interface IncrementTerms {
  readonly step?: Step;
  readonly condition?: IncrementCondition | undefined;
}

export class DynamoTable extends Table {
  readonly #definition: TableDefinition;
  readonly #calls: DynamoCalls;
  readonly #now: () => number;

  constructor(definition: TableDefinition, calls: DynamoCalls, now: () => number) {
    super();
    checkDefinition(definition);
    this.#definition = definition;
    this.#calls = calls;
    this.#now = now;
  }

  override async get(key: Key): Promise<Item | undefined> {
    const { name } = this.#definition;
    const command = { TableName: name, Key: checkedKey(this.#definition, key), ConsistentRead: true };
    const { Item: item } = await this.#calls.repeatable(name, (client) => client.send(new GetCommand(command)));
    return this.#isAlive(item) ? item : undefined;
  }

  override async getMany(keys: readonly Key[]): Promise<Item[]> {
    const items = await getEach(this.#definition.name, distinctKeys(this.#definition, keys), this.#calls);
    return items.filter((item) => this.#isAlive(item));
  }

  override async put(item: Item, condition?: PutCondition): Promise<void> {
    const table = this.#definition;
    const checked = checkedItem(table, item);
    // The engine also checks the size, but only after it has read the item, which can take longer than our timeout.
    checkSize(table.name, checked);
    const input = putInput(table, checked, condition, this.#nowSeconds());
    await this.#calls.write(table, keyOf(table, item), condition === undefined, (client) =>
      client.send(new PutCommand(input)),
    );
  }

  override async increment(key: Key, change: Change, condition?: IncrementCondition): Promise<void> {
    const table = this.#definition;
    await this.#incrementInSomeLife(checkedKey(table, key), checkedChange(table, change), { condition });
  }

  /** A validated increment that counts once per step of its writer, so it can be retried. */
  async incrementOnce(key: Key, change: Change, step: Step): Promise<void> {
    await this.#incrementInSomeLife(key, change, { step });
  }

  override async delete(key: Key, condition?: EqualsCondition): Promise<void> {
    const table = this.#definition;
    const checked = checkedKey(table, key);
    const input = deleteInput(table, checked, condition, this.#nowSeconds());
    await this.#calls.write(table, checked, condition === undefined, (client) => client.send(new DeleteCommand(input)));
  }

  /** Fills a page, although the engine ends its own pages at 1 MB and counts expired items. */
  override async query(query: Query): Promise<Page> {
    const checked = checkedQuery(this.#definition, query);
    if (isEmptyRange(checked)) return { items: [] };
    const items: Item[] = [];
    let position: unknown = checked.position;
    do {
      const found = await this.#read(checked, position, checked.limit - items.length);
      items.push(...(found.Items ?? []));
      position = found.LastEvaluatedKey;
    } while (position !== undefined && items.length < checked.limit);
    return position === undefined ? { items } : { items, cursor: cursorOf(position) };
  }

  /** Deletes an expired item that blocks an increment, unless another writer has replaced it. */
  async clearExpired(key: Key): Promise<void> {
    const input = deleteExpiredInput(this.#definition, key, this.#nowSeconds());
    try {
      await this.#calls.write(this.#definition, key, true, (client) => client.send(new DeleteCommand(input)));
    } catch (error) {
      if (!(error instanceof ConditionFailedError)) throw error;
    }
  }

  /** Reads a missing item: this needs only the permissions of the table's daily work. */
  async check(): Promise<void> {
    const { name, partitionKey, sortKey } = this.#definition;
    const Key = { [partitionKey]: PROBE, ...(sortKey !== undefined && { [sortKey]: PROBE }) };
    await this.#calls.repeatable(name, (client) => client.send(new GetCommand({ TableName: name, Key })));
  }

  async #incrementInSomeLife(key: Key, change: Change, terms: IncrementTerms): Promise<void> {
    const { step, condition } = terms;
    for (let life = 1; life <= MAX_LIVES; life++) {
      if (await this.#incrementLiving(key, change, terms)) return;
      const item = step || condition ? await this.get(key) : undefined;
      if (step !== undefined && hasStep(item, step)) return;
      if (!holds(condition, item)) throw new ConditionFailedError(this.#definition.name, key);
      await this.clearExpired(key);
    }
    throw new StorageError('throttled', `DynamoDB, ${this.#definition.name}: an item expired repeatedly`);
  }

  async #incrementLiving(key: Key, change: Change, terms: IncrementTerms): Promise<boolean> {
    const input = incrementInput(this.#definition, key, change, this.#nowSeconds(), terms);
    const isRepeatable = terms.step !== undefined;
    try {
      await this.#calls.write(this.#definition, key, isRepeatable, (client) => client.send(new UpdateCommand(input)));
      return true;
    } catch (error) {
      if (error instanceof ConditionFailedError) return false;
      throw error;
    }
  }

  #read(query: CheckedQuery, position: unknown, limit: number): Promise<QueryCommandOutput> {
    const input = {
      ...queryInput(this.#definition, query, this.#nowSeconds()),
      ExclusiveStartKey: position as Record<string, unknown> | undefined,
      Limit: limit,
    };
    return this.#calls.repeatable(this.#definition.name, (client) => client.send(new QueryCommand(input)));
  }

  #isAlive(item: Item | undefined): boolean {
    const ttl: unknown = item?.[TTL_ATTRIBUTE];
    return typeof ttl !== 'number' || ttl > this.#nowSeconds();
  }

  #nowSeconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}
