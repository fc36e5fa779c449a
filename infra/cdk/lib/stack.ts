import { CfnOutput, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ContainerImage, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { ApplicationLog } from './application-log.ts';
import { BedrockAccess } from './bedrock-access.ts';
import { containerEnvironment } from './container-environment.ts';
import { Credentials } from './credentials.ts';
import type { Deployment } from './deployment.ts';
import { CONTAINER_PORT, FrontDoor } from './front-door.ts';
import { proxyImage } from './image.ts';
import { Monitoring } from './monitoring.ts';
import { Network } from './network.ts';
import { Scaling } from './scaling.ts';
import { Service } from './service.ts';
import { Tables } from './tables.ts';

export interface ClaudeProxyStackProps extends StackProps {
  readonly deployment: Deployment;
  /** A name and not a token: inference profiles and access logs depend on it. */
  readonly region: string;
  /** @default - built from the Dockerfile of this repository */
  readonly image?: ContainerImage;
}

/** Internet → load balancer → tasks → Anthropic and Bedrock, with DynamoDB beside them. Composes the constructs. */
export class ClaudeProxyStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, region, image, ...props }: ClaudeProxyStackProps) {
    super(scope, id, { ...props, env: { ...props.env, region } });
    const { isProduction } = deployment;
    const network = new Network(this, 'Network', deployment.network);
    const tables = new Tables(this, 'Tables', { prefix: deployment.tablePrefix, isProduction });
    const credentials = new Credentials(this, 'Credentials', deployment.credentials);
    const log = new ApplicationLog(this, 'Log', { retentionDays: deployment.logRetentionDays, isProduction });
    const frontDoor = new FrontDoor(this, 'FrontDoor', { vpc: network.vpc, isProduction, ...deployment.frontDoor });
    const { signIn, loadBalancer, targetGroup } = frontDoor;
    const { cpu, memoryMib, taskCount, architecture } = deployment.service;
    const { service, taskDefinition } = new Service(this, 'Service', {
      vpc: network.vpc,
      image: image ?? proxyImage(architecture),
      architecture: architecture === 'arm64' ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
      cpu,
      memoryMib,
      environment: containerEnvironment({
        region,
        trustedProxies: network.cidr,
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
    tables.grantUse(taskDefinition.taskRole);
    new BedrockAccess(this, 'Bedrock', { role: taskDefinition.taskRole, region, ...deployment.bedrock });
    new Scaling(this, 'Scaling', {
      service,
      minimum: taskCount,
      maximum: deployment.service.maxTaskCount,
      inFlight: log.metric('inFlight', { statistic: Stats.AVERAGE, period: Duration.minutes(1) }),
      inFlightPerTask: deployment.service.inFlightPerTask,
    });
    new Monitoring(this, 'Monitoring', {
      log,
      loadBalancer,
      targetGroup,
      service,
      taskCount,
      ...deployment.monitoring,
    });
    this.addOutputs(frontDoor, credentials);
  }

  /** Two zones by their order in the Region: a lookup of the zones would need an account at synthesis. */
  override get availabilityZones(): string[] {
    return [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())];
  }

  private addOutputs({ url }: FrontDoor, { adminToken }: Credentials): void {
    new CfnOutput(this, 'Url', { value: url, description: 'ANTHROPIC_BASE_URL of clients' });
    new CfnOutput(this, 'AdminTokenSecret', { value: adminToken.secretArn, description: 'Holds the admin token' });
  }
}
