import { Duration } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import type { ApplicationLogProps } from './application-log.ts';
import type { BedrockProfile } from './bedrock-access.ts';
import { ContextReader } from './context-reader.ts';
import type { CredentialsProps } from './credentials.ts';
import { namesOf } from './deployment-names.ts';
import { ANY_ADDRESS, type FrontDoorProps } from './front-door.ts';
import type { Architecture } from './image.ts';
import type { SignIn } from './listeners.ts';
import type { MonitoringProps } from './monitoring.ts';
import type { ExistingVpc, NetworkProps } from './network.ts';

/** All settings that a team can change. */
export interface Deployment {
  readonly stackName: string;
  /** Tables and logs outlive the stack. */
  readonly isProduction: boolean;
  readonly tables: { readonly prefix: string; readonly isProtected: boolean };
  readonly log: Pick<ApplicationLogProps, 'retentionDays' | 'hasDataProtection'>;
  /** A customer's key for tables, log, topic and secrets. */
  readonly kmsKeyArn: string | undefined;
  readonly network: NetworkProps;
  readonly frontDoor: Omit<FrontDoorProps, 'vpc' | 'subnets' | 'allowedCidrs'>;
  /** @default - the range of the network */
  readonly allowedCidrs: readonly string[] | undefined;
  readonly clientAuth: 'keys' | 'open';
  readonly credentials: CredentialsProps;
  readonly bedrock: { readonly profile: BedrockProfile; readonly furtherArns: readonly string[] };
  readonly service: {
    readonly cpu: number;
    readonly memoryMib: number;
    readonly architecture: Architecture;
    /** An image that exists. @default - built from the Dockerfile of this repository */
    readonly image: string | undefined;
    /** The base of an image that is built, with its digest. @default - the version that the Dockerfile names */
    readonly nodeImage: string | undefined;
    readonly hasExec: boolean;
    readonly taskCount: number;
    readonly maxTaskCount: number;
    readonly inFlightPerTask: number;
    readonly probeMinutes: number;
  };
  readonly monitoring: Pick<MonitoringProps, 'topicArn' | 'email' | 'fallbackUsdPerHour'>;
  readonly monthlyBudgetUsd: number;
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
  const isInternetFacing = context.flag('internetFacing', false);
  const { stackName, tablePrefix } = namesOf({
    environment: context.text('environment'),
    stackName: context.text('stackName'),
    tablePrefix: context.text('tablePrefix'),
  });
  const deployment = {
    stackName,
    isProduction: context.flag('production', true),
    tables: { prefix: tablePrefix, isProtected: context.flag('protectTables', false) },
    log: {
      retentionDays: context.number('logRetentionDays', 90),
      hasDataProtection: context.flag('logDataProtection', true),
    },
    kmsKeyArn: context.text('kmsKeyArn'),
    network: networkOf(context, isInternetFacing),
    frontDoor: frontDoorOf(context, isInternetFacing),
    allowedCidrs: allowedCidrsOf(context, isInternetFacing),
    clientAuth: context.oneOf('clientAuth', ['keys', 'open']),
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
      image: context.text('image'),
      nodeImage: context.text('nodeImage'),
      hasExec: context.flag('ecsExec', false),
      taskCount: context.number('taskCount', 2),
      maxTaskCount: context.number('maxTaskCount', 10),
      inFlightPerTask: context.number('inFlightPerTask', 50),
      probeMinutes: context.number('fallbackProbeMinutes', 60),
    },
    monitoring: {
      topicArn: context.text('alarmTopicArn'),
      email: context.text('alarmEmail'),
      fallbackUsdPerHour: context.number('fallbackCostAlarmUsdPerHour', 50),
    },
    monthlyBudgetUsd: context.number('monthlyBudgetUsd', 0),
    settings: context.object<Record<string, string>>('settings') ?? {},
  } satisfies Deployment;
  context.refuseUnknown();
  return deployment;
}

function networkOf(context: ContextReader, isInternetFacing: boolean): NetworkProps {
  return {
    isInternetFacing,
    existing: context.object<ExistingVpc>('vpc'),
    cidr: context.text('vpcCidr'),
    natGateways: context.number('natGateways', 1),
    hasBedrockEndpoint: context.flag('bedrockEndpoint', false),
    hasFlowLogs: context.flag('flowLogs', true),
  };
}

/** @throws Error if an Internet-facing load balancer is open to all addresses without a confirmation */
function allowedCidrsOf(context: ContextReader, isInternetFacing: boolean): readonly string[] | undefined {
  const isOpen = context.flag('openToTheInternet', false);
  const cidrs = context.list('allowedCidrs');
  if (!isOpen && cidrs?.some((cidr) => cidr.endsWith('/0')))
    throw new Error(
      '"allowedCidrs" contains a range of all addresses. Name the ranges of your company, or set "openToTheInternet=true".',
    );
  if (cidrs || !isInternetFacing) return cidrs;
  if (isOpen) return [ANY_ADDRESS];
  throw new Error(
    '"allowedCidrs" is missing, which "internetFacing=true" needs. Name the ranges of your company, or set "openToTheInternet=true".',
  );
}

function frontDoorOf(context: ContextReader, isInternetFacing: boolean): Deployment['frontDoor'] {
  return {
    certificateArn: context.text('certificateArn'),
    isPlainHttp: context.flag('plainHttp', false),
    isInternetFacing,
    hasAccessLogs: context.flag('accessLogs', true),
    hasFirewall: context.flag('waf', false),
    requestsPerFiveMinutes: context.number('requestsPerFiveMinutes', 10_000),
    signIn: context.object<SignIn>('oidc'),
    longestAnswer: Duration.seconds(context.number('longestAnswerSeconds', 900)),
  };
}
