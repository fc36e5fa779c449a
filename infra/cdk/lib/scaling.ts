import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';

export interface ScalingProps {
  readonly service: FargateService;
  readonly minimum: number;
  readonly maximum: number;
  /** Open exchanges per task, averaged over the tasks. */
  readonly inFlight: IMetric;
  readonly inFlightPerTask: number;
  /** Bytes of bodies in memory, in percent of what a task may hold, averaged over the tasks. */
  readonly bufferedPercent: IMetric;
}

const CPU_PERCENT = 60;
/** A task refuses bodies when it is full, so new tasks must be there before. */
const BUFFERED_PERCENT = 50;
/** A new task is cheap, and a removed one ends its streams: scale out quickly, scale in slowly. */
const SCALE_OUT_COOLDOWN = Duration.seconds(60);
const SCALE_IN_COOLDOWN = Duration.minutes(15);

/**
 * Scales by exchanges in flight. A stream uses memory for its whole duration and hardly any CPU. Requests per target
 * count arrivals, which say little if one takes a second and the next ten minutes. Long sessions have bodies of
 * megabytes, which fill a task with few exchanges: buffered bytes are the second policy. CPU use is the third: it scales
 * out on many small requests, and works alone if the metrics of the log are missing.
 */
export class Scaling extends Construct {
  constructor(scope: Construct, id: string, props: ScalingProps) {
    super(scope, id);
    const cooldowns = { scaleOutCooldown: SCALE_OUT_COOLDOWN, scaleInCooldown: SCALE_IN_COOLDOWN };
    const tasks = props.service.autoScaleTaskCount({ minCapacity: props.minimum, maxCapacity: props.maximum });
    tasks.scaleToTrackCustomMetric('InFlight', {
      metric: props.inFlight,
      targetValue: props.inFlightPerTask,
      ...cooldowns,
    });
    tasks.scaleToTrackCustomMetric('Buffered', {
      metric: props.bufferedPercent,
      targetValue: BUFFERED_PERCENT,
      ...cooldowns,
    });
    tasks.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: CPU_PERCENT, ...cooldowns });
  }
}
