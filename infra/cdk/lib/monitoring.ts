import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type AlarmRow, type AlarmSources, alarmRows } from './alarms.ts';
import type { FigureName } from './log-lines.ts';

export interface MonitoringProps extends AlarmSources {
  /** An existing topic for the alarms. @default - a new one */
  readonly topicArn?: string;
  /** Subscribed by email; the recipient confirms once. @default - no subscription */
  readonly email?: string;
  /** @default - a key that SNS owns */
  readonly encryptionKey?: IKey;
}

/** Alarms, each with an entry in the runbook, and a dashboard with their metrics. */
export class Monitoring extends Construct {
  readonly topic: ITopic;
  readonly dashboard: Dashboard;
  /** Names of the alarms that roll a deployment back. */
  readonly rollbackAlarmNames: readonly string[];

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    this.topic = this.topicOf(props);
    const rows = alarmRows(props);
    const alarms = rows.map((row) => this.watch(row, this.topic));
    this.rollbackAlarmNames = alarms.filter((_, index) => rows[index]!.rollsBack).map(({ alarmName }) => alarmName);
    this.dashboard = this.draw(props);
  }

  private topicOf({ topicArn, email, encryptionKey }: MonitoringProps): ITopic {
    if (topicArn) return Topic.fromTopicArn(this, 'Topic', topicArn);
    // Never with an AWS managed key: CloudWatch could not publish through it.
    const topic = new Topic(this, 'Topic', { enforceSSL: true, ...(encryptionKey && { masterKey: encryptionKey }) });
    if (email) topic.addSubscription(new EmailSubscription(email));
    return topic;
  }

  private watch({ name, meaning, metric, threshold, outOf, ...row }: AlarmRow, topic: ITopic): Alarm {
    const alarm = new Alarm(this, name, {
      metric,
      threshold,
      alarmDescription: `${meaning} What to do: docs/operations.md, "${name}".`,
      comparisonOperator: row.isBelow
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: outOf[0],
      evaluationPeriods: outOf[1],
      treatMissingData: row.missing ?? TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
    return alarm;
  }

  private draw({ log, loadBalancer, service }: MonitoringProps): Dashboard {
    const counted = (name: FigureName) => log.metric(name, { statistic: Stats.SUM });
    const highest = (name: FigureName) => log.metric(name, { statistic: Stats.MAXIMUM });
    const firstByte = [50, 95, 99].map((percent) =>
      log.metric('firstByte', { statistic: Stats.percentile(percent), label: `p${percent}` }),
    );
    return new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          graph('Messages, by answer', [counted('messages'), counted('fallbackAnswers'), counted('unanswered')]),
          graph('First byte of streams, ms', firstByte),
          graph('Requests at the load balancer', [loadBalancer.metrics.requestCount()]),
        ],
        [
          graph('In flight: the fullest task', [highest('inFlight')]),
          graph('Throttles and cuts', [counted('bedrockThrottles'), counted('brokenAnswers')]),
          graph('Store', [counted('storeFailures'), counted('lostExchanges'), highest('waitingExchanges')]),
        ],
        [
          graph('Tasks, percent', [
            service.metricCpuUtilization(),
            service.metricMemoryUtilization(),
            highest('bufferedPercent'),
          ]),
          graph('Cost of fallbacks, US dollars', [counted('fallbackCost')]),
        ],
      ],
    });
  }
}

function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({ title, left, width: 8, height: 6 });
}
