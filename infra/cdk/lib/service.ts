import { Duration, Size, Validations } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  AwsLogDriverMode,
  Capability,
  Cluster,
  type ContainerImage,
  ContainerInsights,
  type CpuArchitecture,
  FargatePlatformVersion,
  FargateService,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
  type Secret,
} from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CONTAINER_PORT, HEALTH_PATH } from './front-door.ts';
import { KEEP_ALIVE_CONTROLS, STOP_TIMEOUT } from './times.ts';

export interface ServiceProps {
  readonly vpc: IVpc;
  readonly networkCidr: string;
  readonly image: ContainerImage;
  readonly architecture: CpuArchitecture;
  readonly cpu: number;
  readonly memoryMib: number;
  readonly environment: Record<string, string>;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly logGroup: LogGroup;
  readonly targetGroup: ApplicationTargetGroup;
  /** Whether ECS Exec can open a shell in a task. Its agent needs a writable root. @default false */
  readonly hasExec?: boolean;
}

/** Uses Node itself, because the image has no curl. */
const HEALTH_CHECK = `fetch('http://127.0.0.1:${CONTAINER_PORT}${HEALTH_PATH}').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`;
/** The most that a stalled CloudWatch can delay before lines are dropped. Blocking would delay answers. */
const LOG_BUFFER_MIB = 25;

/** The tasks: private, replaceable, and stopped only after their answers have ended. */
export class Service extends Construct {
  readonly service: FargateService;
  readonly taskDefinition: FargateTaskDefinition;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    this.taskDefinition = this.defineTask(props);
    this.service = this.run(props);
    this.service.attachToApplicationTargetGroup(props.targetGroup);
  }

  private defineTask(props: ServiceProps): FargateTaskDefinition {
    const task = new FargateTaskDefinition(this, 'Task', {
      cpu: props.cpu,
      memoryLimitMiB: props.memoryMib,
      runtimePlatform: { cpuArchitecture: props.architecture, operatingSystemFamily: OperatingSystemFamily.LINUX },
    });
    const linuxParameters = new LinuxParameters(this, 'Linux', { initProcessEnabled: true });
    linuxParameters.dropCapabilities(Capability.ALL);
    task.addContainer('proxy', {
      containerName: 'proxy',
      image: props.image,
      // Node sizes its heap by the limit of its own container. The limit of the task alone does not set it.
      memoryLimitMiB: props.memoryMib,
      portMappings: [{ name: 'http', containerPort: CONTAINER_PORT }],
      environment: props.environment,
      secrets: { ...props.secrets },
      linuxParameters,
      readonlyRootFilesystem: !props.hasExec,
      systemControls: KEEP_ALIVE_CONTROLS,
      stopTimeout: STOP_TIMEOUT,
      healthCheck: {
        command: ['CMD', 'node', '-e', HEALTH_CHECK],
        interval: Duration.seconds(30),
        timeout: Duration.seconds(10),
        startPeriod: Duration.seconds(30),
      },
      logging: LogDrivers.awsLogs({
        logGroup: props.logGroup,
        streamPrefix: 'proxy',
        mode: AwsLogDriverMode.NON_BLOCKING,
        maxBufferSize: Size.mebibytes(LOG_BUFFER_MIB),
      }),
    });
    acknowledgeFindings(task);
    if (props.hasExec) allowExec(task);
    return task;
  }

  private run({ vpc, networkCidr, hasExec = false }: ServiceProps): FargateService {
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', { vpc, allowAllOutbound: false });
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Anthropic and AWS');
    securityGroup.addEgressRule(Peer.ipv4(networkCidr), Port.allTcp(), 'services in the network, such as Redis');
    return new FargateService(this, 'Service', {
      cluster: new Cluster(this, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENHANCED }),
      taskDefinition: this.taskDefinition,
      platformVersion: FargatePlatformVersion.VERSION1_4,
      // Without a desired count: each deployment would reset the count of the autoscaling. Its minimum applies.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      healthCheckGracePeriod: Duration.seconds(60),
      assignPublicIp: false,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [securityGroup],
      enableECSManagedTags: true,
      enableExecuteCommand: hasExec,
    });
  }
}

/** The CDK adds the permissions when it renders the service; AWS has no resource for them. */
function allowExec(task: FargateTaskDefinition): void {
  Validations.of(task.taskRole).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'ssmmessages has no resources: AWS requires the wildcard for ECS Exec ("ecsExec").',
  });
}

function acknowledgeFindings(task: FargateTaskDefinition): void {
  Validations.of(task).acknowledge({
    id: 'AwsSolutions-ECS2',
    reason: 'The plain variables are names and numbers. Secrets come from Secrets Manager.',
  });
  Validations.of(task.obtainExecutionRole()).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'ecr:GetAuthorizationToken has no resource: AWS requires the wildcard.',
  });
}
