import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup, MetricFilter, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { FIGURES, type FigureName, type LineFigure, patternOf } from './log-lines.ts';

export interface ApplicationLogProps {
  /** One of the values that CloudWatch allows. @default 90 */
  readonly retentionDays?: number;
  /** Whether the log outlives the stack. @default true */
  readonly isProduction?: boolean;
}

/** The log group of the tasks, and the metrics that CloudWatch derives from it. The application itself sends none. */
export class ApplicationLog extends Construct {
  readonly logGroup: LogGroup;
  private readonly namespace: string;

  constructor(scope: Construct, id: string, { retentionDays = 90, isProduction = true }: ApplicationLogProps = {}) {
    super(scope, id);
    this.namespace = `ClaudeCodeProxy/${Stack.of(this).stackName}`;
    this.logGroup = new LogGroup(this, 'Lines', {
      retention: retentionDays as RetentionDays,
      removalPolicy: isProduction ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
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
      unit: unitOf(figure.unit),
      // Every other line counts as zero, so that shares can be computed. A number read from a line has no such default.
      ...(!figure.valueMember && { defaultValue: 0 }),
    });
  }
}

function unitOf(unit: LineFigure['unit']): Unit {
  return unit === 'Count' ? Unit.COUNT : Unit.MILLISECONDS;
}
