import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  CustomDataIdentifier,
  DataIdentifier,
  DataProtectionPolicy,
  LogGroup,
  MetricFilter,
  type RetentionDays,
} from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FIGURES, type FigureName, type LineFigure, patternOf } from './log-lines.ts';

export interface ApplicationLogProps {
  /** One of the values that CloudWatch allows. @default 90 */
  readonly retentionDays?: number;
  /** Whether the log outlives the stack. @default true */
  readonly isProduction?: boolean;
  /** @default - a key that CloudWatch owns */
  readonly encryptionKey?: IKey;
  /** Whether CloudWatch masks secrets in lines, as a second net below the application's own. @default true */
  readonly hasDataProtection?: boolean;
}

/** Secrets that must not be in a line. User ids, which may be email addresses, are needed and not masked. */
const MASKED = () => [
  new CustomDataIdentifier('AnthropicKey', 'sk-ant-[A-Za-z0-9_-]{20,}'),
  DataIdentifier.AWSSECRETKEY,
  DataIdentifier.OPENSSHPRIVATEKEY,
  DataIdentifier.PGPPRIVATEKEY,
  DataIdentifier.PKCSPRIVATEKEY,
  DataIdentifier.PUTTYPRIVATEKEY,
];

/** The log group of the tasks, and the metrics that CloudWatch derives from it. The application itself sends none. */
export class ApplicationLog extends Construct {
  readonly logGroup: LogGroup;
  private readonly namespace: string;

  constructor(scope: Construct, id: string, props: ApplicationLogProps = {}) {
    super(scope, id);
    const { retentionDays = 90, isProduction = true, encryptionKey, hasDataProtection = true } = props;
    this.namespace = `ClaudeCodeProxy/${Stack.of(this).stackName}`;
    this.logGroup = new LogGroup(this, 'Lines', {
      retention: retentionDays as RetentionDays,
      removalPolicy: isProduction ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
      ...(hasDataProtection && { dataProtectionPolicy: new DataProtectionPolicy({ identifiers: MASKED() }) }),
    });
    for (const figure of Object.values<LineFigure>(FIGURES)) this.addFilter(figure);
  }

  metric(figure: FigureName, options: MetricOptions): Metric {
    return new Metric({
      namespace: this.namespace,
      metricName: FIGURES[figure].name,
      period: Duration.minutes(1),
      ...options,
    });
  }

  private addFilter(figure: LineFigure): void {
    new MetricFilter(this, figure.name, {
      logGroup: this.logGroup,
      filterPattern: patternOf(figure),
      metricNamespace: this.namespace,
      metricName: figure.name,
      metricValue: figure.valueMember ? `$.${figure.valueMember}` : '1',
      unit: UNITS[figure.unit],
      // Every other line counts as zero, so that shares can be computed. A number read from a line has no such default.
      ...(!figure.valueMember && { defaultValue: 0 }),
    });
  }
}

const UNITS: Readonly<Record<LineFigure['unit'], Unit>> = {
  Count: Unit.COUNT,
  Milliseconds: Unit.MILLISECONDS,
  Percent: Unit.PERCENT,
  Usd: Unit.NONE,
};
