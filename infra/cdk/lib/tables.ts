import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { EXPIRY_ATTRIBUTE, TABLE_SHAPES, type TableShape } from './table-definitions.ts';

export interface TablesProps {
  /**
   * Prefix of the table names.
   * @default 'claude-proxy', which gives the tables their published names
   */
  readonly prefix?: string;
  /**
   * Whether tables outlive the stack, refuse deletion and can be restored to any second of the last 35 days.
   * @default true
   */
  readonly isProduction?: boolean;
}

/** The application's tables: on demand, with expiry, and kept across deployments. */
export class Tables extends Construct {
  private readonly tables: ReadonlyMap<TableShape, TableV2>;

  constructor(scope: Construct, id: string, { prefix = 'claude-proxy', isProduction = true }: TablesProps = {}) {
    super(scope, id);
    this.tables = new Map(TABLE_SHAPES.map((shape) => [shape, this.create(shape, prefix, isProduction)]));
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
  }

  private create(shape: TableShape, prefix: string, isProduction: boolean): TableV2 {
    const table = new TableV2(this, shape.suffix, {
      tableName: `${prefix}-${shape.suffix}`,
      ...keysOf(shape),
      billing: Billing.onDemand(),
      timeToLiveAttribute: EXPIRY_ATTRIBUTE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: isProduction },
      deletionProtection: isProduction,
      removalPolicy: isProduction ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
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
