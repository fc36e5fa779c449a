import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTimeToLiveCommand,
  type KeySchemaElement,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { checkDefinition } from './checked-writes.js';
import type { DynamoCalls } from './dynamo-calls.js';
import { nameOf } from './dynamo-error.js';
import { TTL_ATTRIBUTE } from './dynamo-expression.js';
import { StorageError } from './storage-error.js';
import type { IndexDefinition, TableDefinition } from './table.js';

const MAX_WAIT_SECONDS = 60;

/** Creates an on-demand table with its indexes and expiry. For local engines and tests; production uses its stack. */
export async function createTable(definition: TableDefinition, calls: DynamoCalls): Promise<void> {
  checkDefinition(definition);
  const { name } = definition;
  await tolerating('ResourceInUseException', () =>
    calls.repeatable(name, (client) => client.send(new CreateTableCommand(tableInput(definition)))),
  );
  await calls.repeatable(name, (client) =>
    waitUntilTableExists({ client, minDelay: 1, maxWaitTime: MAX_WAIT_SECONDS }, { TableName: name }),
  );
  await enableExpiry(name, calls);
}

/** The engine refuses to enable expiry twice, so read the state first. */
async function enableExpiry(name: string, calls: DynamoCalls): Promise<void> {
  const { TimeToLiveDescription: expiry } = await calls.repeatable(name, (client) =>
    client.send(new DescribeTimeToLiveCommand({ TableName: name })),
  );
  if (expiry?.TimeToLiveStatus === 'ENABLED' || expiry?.TimeToLiveStatus === 'ENABLING') return;
  const TimeToLiveSpecification = { Enabled: true, AttributeName: TTL_ATTRIBUTE };
  // dynalite keeps expired items forever. Readers never see them, so they only take space.
  await tolerating('UnknownOperationException', () =>
    calls.repeatable(name, (client) =>
      client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification })),
    ),
  );
}

async function tolerating(name: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof StorageError) || nameOf(error.cause) !== name) throw error;
  }
}

function tableInput(definition: TableDefinition): CreateTableCommandInput {
  const indexes = definition.indexes ?? [];
  const attributes = new Set([definition, ...indexes].flatMap((source) => keySchema(source).map(attributeOf)));
  return {
    TableName: definition.name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(definition),
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: indexes.length === 0 ? undefined : indexes.map(indexInput),
  };
}

function indexInput(index: IndexDefinition) {
  return { IndexName: index.name, KeySchema: keySchema(index), Projection: { ProjectionType: 'ALL' as const } };
}

function keySchema({ partitionKey, sortKey }: IndexDefinition): KeySchemaElement[] {
  const partition: KeySchemaElement = { AttributeName: partitionKey, KeyType: 'HASH' };
  return sortKey === undefined ? [partition] : [partition, { AttributeName: sortKey, KeyType: 'RANGE' }];
}

function attributeOf({ AttributeName: attribute }: KeySchemaElement): string | undefined {
  return attribute;
}
