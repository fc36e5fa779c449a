import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ApplicationLog } from './application-log.ts';
import type { Firewall } from './firewall.ts';

/** Sources of the metrics. */
export interface AlarmSources {
  readonly log: ApplicationLog;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
  readonly service: FargateService;
  readonly taskCount: number;
  readonly firewall: Firewall | undefined;
  readonly fallbackUsdPerHour: number;
}

export interface AlarmRow {
  /** Also the heading of its line in `docs/operations.md`. */
  readonly name: string;
  /** One sentence for the alarm's description. */
  readonly meaning: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly isBelow?: true;
  /** The number of breaching periods, and the number of evaluated periods. */
  readonly outOf: readonly [breaching: number, periods: number];
  /** @default NOT_BREACHING: missing traffic is not a fault */
  readonly missing?: TreatMissingData;
  /** A deployment during which it rings is rolled back. It must not depend on the service. */
  readonly rollsBack?: true;
}

/** With fewer requests a share is not meaningful. */
const MIN_REQUESTS = 20;
const FIVE_MINUTES = { period: Duration.minutes(5) };
/** Of the 10,000 that the application keeps while the store is unreachable. */
const HALF_OF_WAITING_EXCHANGES = 5_000;

export function alarmRows(sources: AlarmSources): AlarmRow[] {
  return [
    ...trafficAlarms(sources),
    ...deploymentAlarms(sources),
    ...fallbackAlarms(sources),
    ...storeAlarms(sources),
    ...taskAlarms(sources),
  ];
}

function trafficAlarms({ log, loadBalancer }: AlarmSources): AlarmRow[] {
  const failures = loadBalancer.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, sum());
  const unreached = loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, sum());
  return [
    {
      name: 'ServerErrors',
      meaning: 'More than 5 % of all requests end with a 5xx, including those of the upstreams.',
      metric: new MathExpression({
        label: '5xx, percent of requests',
        expression: `IF(requests >= ${MIN_REQUESTS}, 100 * (FILL(failures, 0) + FILL(unreached, 0)) / requests, 0)`,
        usingMetrics: { requests: loadBalancer.metrics.requestCount(sum()), failures, unreached },
        ...FIVE_MINUTES,
      }),
      threshold: 5,
      outOf: [2, 3],
    },
    {
      name: 'SlowFirstByte',
      meaning: 'One stream in twenty waits longer than 30 s for its first byte.',
      metric: log.metric('firstByte', { statistic: Stats.percentile(95), ...FIVE_MINUTES }),
      threshold: 30_000,
      outOf: [3, 3],
    },
    {
      name: 'BrokenAnswers',
      meaning: 'Ten answers in five minutes were cut off after their start.',
      metric: log.metric('brokenAnswers', sum()),
      threshold: 9,
      outOf: [1, 1],
    },
  ];
}

/**
 * Fast, because ECS keeps a version that is healthy and answers 500: `/health` depends on nothing. An alarm that rings
 * before a deployment starts does not stop it.
 */
function deploymentAlarms({ log, loadBalancer, firewall }: AlarmSources): AlarmRow[] {
  const minute = { statistic: Stats.SUM, period: Duration.minutes(1) };
  const failures = loadBalancer.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, minute);
  return [
    {
      name: 'DeploymentErrors',
      meaning: 'More than 20 % of the requests of a minute end with a 5xx, two minutes of three.',
      metric: new MathExpression({
        label: '5xx, percent of requests',
        expression: `IF(requests >= ${MIN_REQUESTS}, 100 * FILL(failures, 0) / requests, 0)`,
        usingMetrics: { requests: loadBalancer.metrics.requestCount(minute), failures },
        period: Duration.minutes(1),
      }),
      threshold: 20,
      outOf: [2, 3],
      rollsBack: true,
    },
    {
      name: 'DeploymentUnanswered',
      meaning: 'Five messages in a minute got no answer from Anthropic or a fallback upstream, two minutes of three.',
      metric: log.metric('unanswered', minute),
      threshold: 4,
      outOf: [2, 3],
      rollsBack: true,
    },
    ...(firewall ? [firewallAlarm(firewall)] : []),
  ];
}

function firewallAlarm({ blocked }: Firewall): AlarmRow {
  return {
    name: 'FirewallBlocks',
    meaning: 'The firewall has blocked more than 100 requests in five minutes.',
    metric: blocked.with(FIVE_MINUTES),
    threshold: 100,
    outOf: [1, 1],
  };
}

function fallbackAlarms({ log, fallbackUsdPerHour }: AlarmSources): AlarmRow[] {
  return [
    {
      name: 'FallbackShare',
      meaning: 'More than half of all messages are answered by a fallback upstream.',
      metric: new MathExpression({
        label: 'answered by a fallback upstream, percent of messages',
        expression: `IF(messages >= ${MIN_REQUESTS}, 100 * fallbacks / messages, 0)`,
        usingMetrics: { messages: log.metric('messages', sum()), fallbacks: log.metric('fallbackAnswers', sum()) },
        ...FIVE_MINUTES,
      }),
      threshold: 50,
      outOf: [3, 3],
    },
    {
      name: 'Unanswered',
      meaning: 'Five messages in five minutes got no answer from Anthropic or a fallback upstream.',
      metric: log.metric('unanswered', sum()),
      threshold: 4,
      outOf: [1, 1],
    },
    {
      name: 'FallbackCost',
      meaning: `Answers of fallback upstreams have cost more than ${fallbackUsdPerHour} US dollars in an hour.`,
      metric: log.metric('fallbackCost', {
        statistic: Stats.SUM,
        period: Duration.hours(1),
      }),
      threshold: fallbackUsdPerHour,
      outOf: [1, 1],
    },
    {
      name: 'FallbackUnproven',
      meaning: 'A fallback upstream has not answered the last probes: a limit of Anthropic would reach the clients.',
      metric: log.metric('failedProbes', sum()),
      threshold: 0,
      outOf: [1, 1],
    },
    {
      name: 'BedrockThrottles',
      meaning: 'Bedrock has throttled ten requests in five minutes.',
      metric: log.metric('bedrockThrottles', sum()),
      threshold: 9,
      outOf: [1, 1],
    },
  ];
}

function storeAlarms({ log }: AlarmSources): AlarmRow[] {
  return [
    {
      name: 'StoreFailures',
      meaning: 'Reading limits or writing usage has failed more than five times a minute, for three minutes.',
      metric: log.metric('storeFailures', { statistic: Stats.SUM }),
      // Tasks that write the same counter sometimes conflict. An unreachable store fails 30 times a minute.
      threshold: 5,
      outOf: [3, 3],
    },
    {
      name: 'WaitingExchanges',
      meaning: 'A task holds more than half of the exchanges that it can keep while the store is unreachable.',
      metric: log.metric('waitingExchanges', { statistic: Stats.MAXIMUM }),
      threshold: HALF_OF_WAITING_EXCHANGES,
      outOf: [1, 1],
    },
    {
      name: 'LostExchanges',
      meaning: 'Exchanges were not counted: the queue was full, or the store refused them.',
      metric: log.metric('lostExchanges', sum()),
      threshold: 0,
      outOf: [1, 1],
    },
    {
      name: 'SilentTasks',
      meaning: 'No task has written its minute line for five minutes: all alarms that read the log have no data.',
      metric: log.metric('inFlight', { statistic: Stats.SAMPLE_COUNT }),
      threshold: 1,
      isBelow: true,
      outOf: [5, 5],
      missing: TreatMissingData.BREACHING,
    },
  ];
}

function taskAlarms({ targetGroup, service, taskCount }: AlarmSources): AlarmRow[] {
  return [
    {
      name: 'UnhealthyHosts',
      meaning: 'A task has failed its health check for five minutes.',
      metric: targetGroup.metrics.unhealthyHostCount({ statistic: Stats.MAXIMUM, period: Duration.minutes(1) }),
      threshold: 0,
      outOf: [5, 5],
    },
    {
      name: 'TooFewTasks',
      meaning: `Fewer than ${taskCount} tasks have been running for ten minutes.`,
      metric: new Metric({
        namespace: 'ECS/ContainerInsights',
        metricName: 'RunningTaskCount',
        dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
        statistic: Stats.MINIMUM,
        period: Duration.minutes(1),
      }),
      threshold: taskCount,
      isBelow: true,
      outOf: [10, 10],
      missing: TreatMissingData.BREACHING,
    },
    {
      name: 'MemoryHigh',
      meaning: 'A task has used more than 85 % of its memory for five minutes.',
      metric: service.metricMemoryUtilization({ statistic: Stats.MAXIMUM, period: Duration.minutes(1) }),
      threshold: 85,
      outOf: [5, 5],
    },
  ];
}

function sum() {
  return { statistic: Stats.SUM, ...FIVE_MINUTES };
}
