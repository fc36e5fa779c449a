import type { CheckedQuery } from './checked-query.js';
import { stepAttribute } from './step-attribute.js';
import type { Change, IncrementCondition, Item, Key, PutCondition, Step, TableDefinition, Write } from './table.js';

export const TTL_ATTRIBUTE = 'ttl';

/**
 * Collects names and values of one expression. All names use placeholders, because `ttl`, `user`, `date` and about 570
 * others are reserved. Placeholders are numbered: the same call gives the same bytes, as an idempotent retry of a
 * transaction requires.
 */
class Placeholders {
  readonly #names: string[] = [];
  readonly #values: unknown[] = [];

  name(attribute: string): string {
    const known = this.#names.indexOf(attribute);
    return `#n${known >= 0 ? known : this.#names.push(attribute) - 1}`;
  }

  value(value: unknown): string {
    return `:v${this.#values.push(value) - 1}`;
  }

  /** DynamoDB refuses empty maps. */
  attributes() {
    return {
      ...(this.#names.length > 0 && {
        ExpressionAttributeNames: numbered('#n', this.#names) as Record<string, string>,
      }),
      ...(this.#values.length > 0 && { ExpressionAttributeValues: numbered(':v', this.#values) }),
    };
  }
}

export function putInput(table: TableDefinition, item: Item, condition: PutCondition | undefined, nowSeconds: number) {
  const holders = new Placeholders();
  const ConditionExpression = conditionExpression(table, condition, nowSeconds, holders);
  return { TableName: table.name, Item: item, ConditionExpression, ...holders.attributes() };
}

export function deleteInput(table: TableDefinition, key: Key, condition: PutCondition | undefined, nowSeconds: number) {
  const holders = new Placeholders();
  const ConditionExpression = conditionExpression(table, condition, nowSeconds, holders);
  return { TableName: table.name, Key: key, ConditionExpression, ...holders.attributes() };
}

/** Removes the item only if it has expired. Readers see no difference. */
export function deleteExpiredInput(table: TableDefinition, key: Key, nowSeconds: number) {
  const holders = new Placeholders();
  const ConditionExpression = `${holders.name(TTL_ATTRIBUTE)} <= ${holders.value(nowSeconds)}`;
  return { TableName: table.name, Key: key, ConditionExpression, ...holders.attributes() };
}

/**
 * Refused if the item has expired, so that no counter continues from an expired item, and if the item already has this
 * step of its writer, and if its own condition does not hold.
 */
export function incrementInput(
  table: TableDefinition,
  key: Key,
  { add, set: given = {} }: Change,
  nowSeconds: number,
  { step, condition }: { readonly step?: Step | undefined; readonly condition?: IncrementCondition | undefined } = {},
) {
  const set = step === undefined ? given : { ...given, [stepAttribute(step)]: step.number };
  const holders = new Placeholders();
  const sums = Object.entries(add).map(([name, amount]) => `${holders.name(name)} ${holders.value(amount)}`);
  const assignments = Object.entries(set).map(([name, value]) => `${holders.name(name)} = ${holders.value(value)}`);
  const clauses = [
    sums.length > 0 && `ADD ${sums.join(', ')}`,
    assignments.length > 0 && `SET ${assignments.join(', ')}`,
  ];
  const UpdateExpression = clauses.filter(Boolean).join(' ');
  const isLiving = isAlive(nowSeconds, holders);
  const conditions = [
    isLiving,
    step !== undefined && isNew(step, holders),
    condition !== undefined && incrementCondition(condition, holders),
  ];
  const ConditionExpression = conditions.filter(Boolean).join(' AND ');
  return { TableName: table.name, Key: key, UpdateExpression, ConditionExpression, ...holders.attributes() };
}

export function queryInput(table: TableDefinition, query: CheckedQuery, nowSeconds: number) {
  const holders = new Placeholders();
  const partition = `${holders.name(query.source.partitionKey)} = ${holders.value(query.partition)}`;
  const bounds = boundsExpression(query, holders);
  return {
    TableName: table.name,
    IndexName: query.index,
    KeyConditionExpression: bounds === undefined ? partition : `${partition} AND ${bounds}`,
    FilterExpression: isAlive(nowSeconds, holders),
    ScanIndexForward: query.descending !== true,
    ...holders.attributes(),
  };
}

/** The `TransactItems` entry of one write. */
export function transactItem(write: Write, nowSeconds: number) {
  const { table } = write;
  if (write.kind === 'put') return { Put: putInput(table, write.item, write.condition, nowSeconds) };
  if (write.kind === 'delete') return { Delete: deleteInput(table, write.key, write.condition, nowSeconds) };
  return { Update: incrementInput(table, write.key, write, nowSeconds) };
}

function conditionExpression(
  table: TableDefinition,
  condition: PutCondition | undefined,
  nowSeconds: number,
  holders: Placeholders,
): string | undefined {
  if (condition === undefined) return undefined;
  if ('absent' in condition) {
    const isMissing = `attribute_not_exists(${holders.name(table.partitionKey)})`;
    return `${isMissing} OR ${holders.name(TTL_ATTRIBUTE)} <= ${holders.value(nowSeconds)}`;
  }
  const isEqual = `${holders.name(condition.attribute)} = ${holders.value(condition.equals)}`;
  return `${isEqual} AND ${isAlive(nowSeconds, holders)}`;
}

function incrementCondition(condition: IncrementCondition, holders: Placeholders): string {
  const name = holders.name(condition.attribute);
  if ('equals' in condition) return `${name} = ${holders.value(condition.equals)}`;
  return `(attribute_not_exists(${name}) OR ${name} <= ${holders.value(condition.atMost)})`;
}

function isAlive(nowSeconds: number, holders: Placeholders): string {
  const ttl = holders.name(TTL_ATTRIBUTE);
  return `(attribute_not_exists(${ttl}) OR ${ttl} > ${holders.value(nowSeconds)})`;
}

function isNew(step: Step, holders: Placeholders): string {
  const last = holders.name(stepAttribute(step));
  return `(attribute_not_exists(${last}) OR ${last} < ${holders.value(step.number)})`;
}

function boundsExpression({ source, from, to, prefix }: CheckedQuery, holders: Placeholders): string | undefined {
  if (source.sortKey === undefined) return undefined;
  if (prefix !== undefined) return `begins_with(${holders.name(source.sortKey)}, ${holders.value(prefix)})`;
  if (from !== undefined && to !== undefined) {
    return `${holders.name(source.sortKey)} BETWEEN ${holders.value(from)} AND ${holders.value(to)}`;
  }
  if (from !== undefined) return `${holders.name(source.sortKey)} >= ${holders.value(from)}`;
  return to === undefined ? undefined : `${holders.name(source.sortKey)} <= ${holders.value(to)}`;
}

function numbered(prefix: string, members: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(members.map((member, position) => [`${prefix}${position}`, member]));
}
