import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { EXPIRY_ATTRIBUTE, TABLE_SHAPES, type TableShape } from './table-definitions.ts';

export interface TablesProps {
  /**
   * Prefix of the table names.
   * @default 'claude-proxy', which gives the tables their published names
   */
  readonly prefix?: string;
  /**
   * Whether tables outlive the stack and can be restored to any second of the last 35 days.
   * @default true
   */
  readonly isProduction?: boolean;
  /**
   * Whether tables refuse deletion. Not in a first deployment: if it fails, its tables must be deleted, because the next
   * try creates tables of the same names.
   * @default false
   */
  readonly isProtected?: boolean;
  /** @default - a key that AWS owns */
  readonly encryptionKey?: IKey;
}

/** Those that DynamoDB names for the use of a table with a customer's key. */
const KEY_ACTIONS = [
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** The application's tables: on demand, with expiry, and kept across deployments. */
export class Tables extends Construct {
  private readonly tables: ReadonlyMap<TableShape, TableV2>;
  private readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: TablesProps = {}) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.tables = new Map(TABLE_SHAPES.map((shape) => [shape, this.create(shape, props)]));
  }

  get names(): readonly string[] {
    return [...this.tables.values()].map(({ tableName }) => tableName);
  }

  /** Variable -> name, for the application's environment. */
  get environment(): Record<string, string> {
    return Object.fromEntries([...this.tables].map(([{ variable }, table]) => [variable, table.tableName]));
  }

  /** The CDK's own grants would add `index/*` and a dozen unused actions. */
  grantUse(role: IRole): void {
    for (const [shape, table] of this.tables) {
      const indexes = shape.index ? [`${table.tableArn}/index/${shape.index.name}`] : [];
      role.addToPrincipalPolicy(
        new PolicyStatement({
          actions: shape.actions.map((action) => `dynamodb:${action}`),
          resources: [table.tableArn, ...indexes],
        }),
      );
    }
    if (this.encryptionKey) role.addToPrincipalPolicy(this.useOfKey(this.encryptionKey));
  }

  /** DynamoDB uses a customer's key in the name of the caller. */
  private useOfKey({ keyArn }: IKey): PolicyStatement {
    const { region, urlSuffix } = Stack.of(this);
    return new PolicyStatement({
      actions: KEY_ACTIONS,
      resources: [keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.${urlSuffix}` } },
    });
  }

  private create(
    shape: TableShape,
    { prefix = 'claude-proxy', isProduction = true, isProtected = false, encryptionKey }: TablesProps,
  ): TableV2 {
    const table = new TableV2(this, shape.suffix, {
      tableName: `${prefix}-${shape.suffix}`,
      ...keysOf(shape),
      billing: Billing.onDemand(),
      timeToLiveAttribute: EXPIRY_ATTRIBUTE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: isProduction },
      deletionProtection: isProtected,
      removalPolicy: isProduction ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryption: TableEncryptionV2.customerManagedKey(encryptionKey) }),
    });
    if (shape.index) table.addGlobalSecondaryIndex({ indexName: shape.index.name, ...keysOf(shape.index) });
    return table;
  }
}

function keysOf({ partitionKey, sortKey }: { readonly partitionKey: string; readonly sortKey?: string }) {
  return {
    partitionKey: { name: partitionKey, type: AttributeType.STRING },
    ...(sortKey && { sortKey: { name: sortKey, type: AttributeType.STRING } }),
  };
}
