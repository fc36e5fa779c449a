import { CfnOutput, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmBehavior, type ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { ApplicationLog } from './application-log.ts';
import { BedrockAccess } from './bedrock-access.ts';
import { Budget } from './budget.ts';
import { containerEnvironment } from './container-environment.ts';
import { Credentials } from './credentials.ts';
import type { Deployment } from './deployment.ts';
import { CONTAINER_PORT, FrontDoor } from './front-door.ts';
import { builtImage, proxyImage } from './image.ts';
import { Monitoring } from './monitoring.ts';
import { Network } from './network.ts';
import { expectUsableRegion } from './partition.ts';
import { Scaling } from './scaling.ts';
import { Service } from './service.ts';
import { Tables } from './tables.ts';

export interface ClaudeProxyStackProps extends StackProps {
  readonly deployment: Deployment;
  /** A name and not a token: inference profiles and access logs depend on it. */
  readonly region: string;
  /** @default - the image of the deployment, else built from the Dockerfile of this repository */
  readonly image?: ContainerImage;
}

/** Clients → load balancer → tasks → Anthropic and Bedrock, with DynamoDB beside them. Composes the constructs. */
export class ClaudeProxyStack extends Stack {
  private readonly deployment: Deployment;

  constructor(scope: Construct, id: string, { deployment, region, image, ...props }: ClaudeProxyStackProps) {
    expectUsableRegion(region, deployment.bedrock.furtherArns);
    const { isProduction, kmsKeyArn } = deployment;
    super(scope, id, { terminationProtection: isProduction, ...props, env: { ...props.env, region } });
    this.deployment = deployment;
    const key = kmsKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', kmsKeyArn);
    const encryption = key && { encryptionKey: key };
    const network = new Network(this, 'Network', deployment.network);
    const tables = new Tables(this, 'Tables', { isProduction, ...deployment.tables, ...encryption });
    const credentials = new Credentials(this, 'Credentials', { ...deployment.credentials, ...encryption });
    const log = new ApplicationLog(this, 'Log', { isProduction, ...deployment.log, ...encryption });
    const frontDoor = new FrontDoor(this, 'FrontDoor', {
      vpc: network.vpc,
      subnets: network.loadBalancerSubnets,
      allowedCidrs: deployment.allowedCidrs ?? [network.cidr],
      ...deployment.frontDoor,
    });
    const service = this.runTasks({ network, tables, credentials, log, frontDoor }, image);
    this.scale(service, log);
    const monitoring = this.watch({ service, log, frontDoor }, key);
    this.addOutputs({ frontDoor, credentials, tables, log, service, monitoring });
  }

  /** Two zones by their order in the Region: a lookup of the zones would need an account at synthesis. */
  override get availabilityZones(): string[] {
    return [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())];
  }

  private runTasks({ network, tables, credentials, log, frontDoor }: Parts, image?: ContainerImage): Service {
    const { region, deployment } = this;
    const { signIn, loadBalancer, targetGroup } = frontDoor;
    const { cpu, memoryMib, architecture, hasExec, probeMinutes } = deployment.service;
    const service = new Service(this, 'Service', {
      vpc: network.vpc,
      image: image ?? this.image(),
      architecture: architecture === 'arm64' ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
      cpu,
      memoryMib,
      hasExec,
      environment: containerEnvironment({
        region,
        trustedProxies: network.loadBalancerCidrs,
        clientAuth: deployment.clientAuth,
        probeMinutes,
        port: CONTAINER_PORT,
        memoryMib,
        tables: tables.environment,
        bedrockProfile: deployment.bedrock.profile,
        signIn: signIn && { ...signIn, loadBalancerArn: loadBalancer.loadBalancerArn },
        settings: deployment.settings,
      }),
      networkCidr: network.cidr,
      secrets: credentials.secrets,
      logGroup: log.logGroup,
      targetGroup,
    });
    const role = service.taskDefinition.taskRole;
    tables.grantUse(role);
    new BedrockAccess(this, 'Bedrock', { role, region, ...deployment.bedrock });
    return service;
  }

  private image(): ContainerImage {
    const { image, architecture, nodeImage } = this.deployment.service;
    return image === undefined ? proxyImage(architecture, nodeImage) : builtImage(this, image);
  }

  private scale({ service }: Service, log: ApplicationLog): void {
    const { taskCount, maxTaskCount, inFlightPerTask } = this.deployment.service;
    const averaged = { statistic: Stats.AVERAGE, period: Duration.minutes(1) };
    new Scaling(this, 'Scaling', {
      service,
      minimum: taskCount,
      maximum: maxTaskCount,
      inFlight: log.metric('inFlight', averaged),
      inFlightPerTask,
      bufferedPercent: log.metric('bufferedPercent', averaged),
    });
  }

  private watch({ service: { service }, log, frontDoor }: Pick<Parts, 'log' | 'frontDoor'> & Running, key?: IKey) {
    const { loadBalancer, targetGroup, firewall } = frontDoor;
    const { taskCount } = this.deployment.service;
    const sources = { log, loadBalancer, targetGroup, firewall, service, taskCount };
    const encryption = key && { encryptionKey: key };
    const monitoring = new Monitoring(this, 'Monitoring', { ...sources, ...this.deployment.monitoring, ...encryption });
    service.enableDeploymentAlarms([...monitoring.rollbackAlarmNames], { behavior: AlarmBehavior.ROLLBACK_ON_ALARM });
    const { monthlyBudgetUsd: monthlyUsd } = this.deployment;
    if (monthlyUsd > 0) new Budget(this, 'Budget', { monthlyUsd, topic: monitoring.topic });
    return monitoring;
  }

  /** What the runbook names, so that an incident needs no search in the console. */
  private addOutputs({ frontDoor, credentials, tables, log, service: { service }, monitoring }: Outputs): void {
    const outputs: Record<string, readonly [value: string, description: string]> = {
      Url: [frontDoor.url, 'ANTHROPIC_BASE_URL of clients'],
      AdminTokenSecret: [credentials.adminToken.secretArn, 'Holds the admin token'],
      Cluster: [service.cluster.clusterName, 'For aws ecs --cluster'],
      ServiceName: [service.serviceName, 'For aws ecs --service'],
      LogGroup: [log.logGroup.logGroupName, 'The lines of the tasks'],
      TableNames: [tables.names.join(), 'Limits, usage, requests, access'],
      Dashboard: [monitoring.dashboard.dashboardName, 'The dashboard in CloudWatch'],
    };
    for (const [name, [value, description]] of Object.entries(outputs))
      new CfnOutput(this, name, { value, description });
  }
}

interface Parts {
  readonly network: Network;
  readonly tables: Tables;
  readonly credentials: Credentials;
  readonly log: ApplicationLog;
  readonly frontDoor: FrontDoor;
}

interface Running {
  readonly service: Service;
}

type Outputs = Omit<Parts, 'network'> & Running & { readonly monitoring: Monitoring };
