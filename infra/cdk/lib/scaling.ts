import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';

export interface ScalingProps {
  readonly service: FargateService;
  readonly minimum: number;
  readonly maximum: number;
  /** Exchanges that are open in one task, averaged over the tasks. */
  readonly inFlight: IMetric;
  readonly inFlightPerTask: number;
}

const CPU_PERCENT = 60;
/** Another task is cheap, and one that leaves takes streams with it: out at once, in slowly. */
const SCALE_OUT_COOLDOWN = Duration.seconds(60);
const SCALE_IN_COOLDOWN = Duration.minutes(15);

/**
 * By what is in flight. A stream costs memory for as long as it lasts and hardly any processor; requests per target
 * count arrivals, which say little when one lasts a second and the next ten minutes. Processor use is the second
 * policy: it scales out on many small requests, and alone when the figures of the first are missing.
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
    tasks.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: CPU_PERCENT, ...cooldowns });
  }
}
