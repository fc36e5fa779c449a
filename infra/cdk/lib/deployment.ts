import { Duration } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import type { BedrockProfile } from './bedrock-access.ts';
import { ContextReader } from './context-reader.ts';
import type { CredentialsProps } from './credentials.ts';
import type { FrontDoorProps } from './front-door.ts';
import type { Architecture } from './image.ts';
import type { SignIn } from './listeners.ts';
import type { MonitoringProps } from './monitoring.ts';
import type { ExistingVpc, NetworkProps } from './network.ts';

/** All settings that a team can change. */
export interface Deployment {
  /** Tables and logs outlive the stack. */
  readonly isProduction: boolean;
  readonly tablePrefix: string;
  readonly logRetentionDays: number;
  readonly network: NetworkProps;
  readonly frontDoor: Omit<FrontDoorProps, 'vpc' | 'isProduction'>;
  readonly credentials: CredentialsProps;
  readonly bedrock: { readonly profile: BedrockProfile; readonly furtherArns: readonly string[] };
  readonly service: {
    readonly cpu: number;
    readonly memoryMib: number;
    readonly architecture: Architecture;
    readonly taskCount: number;
    readonly maxTaskCount: number;
    readonly inFlightPerTask: number;
  };
  readonly monitoring: Pick<MonitoringProps, 'topicArn' | 'email'>;
  /** Additional settings of the application, by variable. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Reads the deployment from CDK context (`-c name=value`, or `cdk.json`). `docs/operations.md` lists the names.
 *
 * @throws Error with the name of an unknown context, or of one with an invalid value
 */
export function deploymentOf(node: Node): Deployment {
  const context = new ContextReader(node);
  const deployment = {
    isProduction: context.flag('production', true),
    tablePrefix: context.text('tablePrefix') ?? 'claude-proxy',
    logRetentionDays: context.number('logRetentionDays', 90),
    network: networkOf(context),
    frontDoor: frontDoorOf(context),
    credentials: {
      anthropicSecretArn: context.text('anthropicSecretArn'),
      anthropicSecretField: context.text('anthropicSecretField'),
      further: context.object<Record<string, string>>('secrets'),
    },
    bedrock: {
      profile: context.oneOf('bedrockProfile', ['auto', 'geo', 'global']),
      furtherArns: context.list('bedrockArns') ?? [],
    },
    service: {
      cpu: context.number('cpu', 512),
      memoryMib: context.number('memory', 1_024),
      architecture: context.oneOf('architecture', ['arm64', 'x86_64']),
      taskCount: context.number('taskCount', 2),
      maxTaskCount: context.number('maxTaskCount', 10),
      inFlightPerTask: context.number('inFlightPerTask', 50),
    },
    monitoring: { topicArn: context.text('alarmTopicArn'), email: context.text('alarmEmail') },
    settings: context.object<Record<string, string>>('settings') ?? {},
  } satisfies Deployment;
  context.refuseUnknown();
  return deployment;
}

function networkOf(context: ContextReader): NetworkProps {
  return {
    existing: context.object<ExistingVpc>('vpc'),
    cidr: context.text('vpcCidr'),
    natGateways: context.number('natGateways', 1),
    hasBedrockEndpoint: context.flag('bedrockEndpoint', false),
    hasFlowLogs: context.flag('flowLogs', true),
  };
}

function frontDoorOf(context: ContextReader): Omit<FrontDoorProps, 'vpc' | 'isProduction'> {
  return {
    certificateArn: context.text('certificateArn'),
    isInternetFacing: context.flag('internetFacing', true),
    allowedCidrs: context.list('allowedCidrs'),
    hasAccessLogs: context.flag('accessLogs', true),
    hasFirewall: context.flag('waf', false),
    requestsPerFiveMinutes: context.number('requestsPerFiveMinutes', 10_000),
    signIn: context.object<SignIn>('oidc'),
    longestAnswer: Duration.seconds(context.number('longestAnswerSeconds', 900)),
  };
}
