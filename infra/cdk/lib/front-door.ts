import { Annotations, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { Firewall } from './firewall.ts';
import { openListeners, type SignIn } from './listeners.ts';
import { IDLE_TIMEOUT, LONGEST_ANSWER } from './times.ts';

export interface FrontDoorProps {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** Certificate of ACM in the same Region. Without it `isPlainHttp` must be true. */
  readonly certificateArn?: string;
  /** Confirms that credentials and prompts are sent unencrypted. @default false */
  readonly isPlainHttp?: boolean;
  /** @default false */
  readonly isInternetFacing?: boolean;
  /** Address ranges that may connect. */
  readonly allowedCidrs: readonly string[];
  /** @default true, for 90 days */
  readonly hasAccessLogs?: boolean;
  /** @default false */
  readonly hasFirewall?: boolean;
  /** @default 10000 */
  readonly requestsPerFiveMinutes?: number;
  /** Sign-in for the dashboard and its API. Needs a certificate. @default - only the admin token */
  readonly signIn?: SignIn;
  /** How long an answer may continue while its task is replaced. A deployment takes this long. @default 15 minutes */
  readonly longestAnswer?: Duration;
}

export const CONTAINER_PORT = 8080;
/** Independent of all services, so that an outage of Anthropic, Bedrock or DynamoDB does not replace all tasks. */
export const HEALTH_PATH = '/health';
export const ANY_ADDRESS = '0.0.0.0/0';

/** The load balancer, the only part that clients reach. */
export class FrontDoor extends Construct {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
  readonly signIn: SignIn | undefined;
  readonly firewall: Firewall | undefined;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    this.signIn = props.signIn;
    if (props.signIn && !props.certificateArn)
      throw new Error('Sign-in needs HTTPS: "oidc" is set and "certificateArn" is not. Set both, or neither.');
    if (!props.certificateArn && !props.isPlainHttp)
      throw new Error(
        '"certificateArn" is missing. Set it to a certificate of ACM in this Region, or set "plainHttp=true" for a trial: credentials and prompts are then sent unencrypted.',
      );
    if (!props.certificateArn)
      Annotations.of(this).addWarningV2(
        'claude-code-proxy:plain-http',
        'WITHOUT A CERTIFICATE credentials and prompts are sent unencrypted. Set "certificateArn".',
      );
    this.loadBalancer = this.createLoadBalancer(props);
    this.targetGroup = this.createTargetGroup(props);
    openListeners(this.loadBalancer, this.targetGroup, props);
    if (props.hasAccessLogs ?? true) this.loadBalancer.logAccessLogs(this.createLogBucket(), 'alb');
    this.firewall = props.hasFirewall
      ? new Firewall(this, 'Firewall', {
          loadBalancerArn: this.loadBalancer.loadBalancerArn,
          requestsPerFiveMinutes: props.requestsPerFiveMinutes,
        })
      : undefined;
  }

  get url(): string {
    const [listener] = this.loadBalancer.listeners;
    const scheme = listener?.port === 443 ? 'https' : 'http';
    return `${scheme}://${this.loadBalancer.loadBalancerDnsName}`;
  }

  /** Without deletion protection: it would make the rollback of a failed first deployment fail. The stack has it. */
  private createLoadBalancer({ vpc, subnets, ...props }: FrontDoorProps): ApplicationLoadBalancer {
    return new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing: props.isInternetFacing ?? false,
      vpcSubnets: subnets,
      securityGroup: this.createSecurityGroup(vpc, props),
      idleTimeout: IDLE_TIMEOUT,
      dropInvalidHeaderFields: true,
      http2Enabled: true,
    });
  }

  private createSecurityGroup(
    vpc: IVpc,
    { allowedCidrs, certificateArn, signIn }: Omit<FrontDoorProps, 'vpc' | 'subnets'>,
  ): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', { vpc, allowAllOutbound: false });
    const ports = certificateArn ? [443, 80] : [80];
    for (const cidr of allowedCidrs) {
      for (const port of ports) group.addIngressRule(Peer.ipv4(cidr), Port.tcp(port));
    }
    // The load balancer itself exchanges the code of a sign-in for tokens.
    if (signIn) group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'endpoints of the identity provider');
    if (allowedCidrs.includes(ANY_ADDRESS))
      Validations.of(group).acknowledge({
        id: 'AwsSolutions-EC23',
        reason: '"openToTheInternet" confirms that all addresses may connect.',
      });
    return group;
  }

  /**
   * A change between an internal and an Internet-facing load balancer replaces it. The new one exists beside the old one
   * for a while, and a target group belongs to one load balancer: so each kind has a group of its own.
   */
  private createTargetGroup({
    vpc,
    isInternetFacing = false,
    longestAnswer = LONGEST_ANSWER,
  }: FrontDoorProps): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, isInternetFacing ? 'Tasks' : 'InternalTasks', {
      vpc,
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTP,
      port: CONTAINER_PORT,
      deregistrationDelay: longestAnswer,
      // Streams differ a hundredfold in length: balancing by open requests spreads them, round robin does not.
      loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
      healthCheck: {
        path: HEALTH_PATH,
        healthyHttpCodes: '200',
        interval: Duration.seconds(15),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
  }

  private createLogBucket(): Bucket {
    const bucket = new Bucket(this, 'AccessLogs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(90) }],
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Contains the access logs of the load balancer; logging access to logs would never end.',
    });
    return bucket;
  }
}
