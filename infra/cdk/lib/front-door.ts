import { Annotations, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
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
  /** Certificate of ACM in the same Region. @default - plain HTTP, with a warning */
  readonly certificateArn?: string;
  /** @default true */
  readonly isInternetFacing?: boolean;
  /** Who may connect. @default ['0.0.0.0/0'] */
  readonly allowedCidrs?: readonly string[];
  /** @default true, for 90 days */
  readonly hasAccessLogs?: boolean;
  /** @default false */
  readonly hasFirewall?: boolean;
  /** @default 10000 */
  readonly requestsPerFiveMinutes?: number;
  /** Sign-in for the dashboard and its API; needs a certificate. @default - the admin token alone */
  readonly signIn?: SignIn;
  /** How long an answer may run on while its task is replaced; each deployment takes as long. @default 15 minutes */
  readonly longestAnswer?: Duration;
  /** Whether its name, which every client knows, is protected from being deleted. @default true */
  readonly isProduction?: boolean;
}

export const CONTAINER_PORT = 8080;
/** Depends on nothing, so that an outage of Anthropic, Bedrock or DynamoDB never has all tasks replaced. */
export const HEALTH_PATH = '/health';
const ANYBODY = '0.0.0.0/0';

/** The load balancer: the one thing that the Internet sees. */
export class FrontDoor extends Construct {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
  readonly signIn: SignIn | undefined;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    this.signIn = props.signIn;
    if (props.signIn && !props.certificateArn)
      throw new Error('Sign-in needs HTTPS: "oidc" is set and "certificateArn" is not. Set both, or neither.');
    if (!props.certificateArn)
      Annotations.of(this).addWarningV2(
        'claude-code-proxy:plain-http',
        'WITHOUT A CERTIFICATE credentials and prompts cross the network in the clear. Set "certificateArn".',
      );
    this.loadBalancer = this.createLoadBalancer(props);
    this.targetGroup = this.createTargetGroup(props);
    openListeners(this.loadBalancer, this.targetGroup, props);
    if (props.hasAccessLogs ?? true) this.loadBalancer.logAccessLogs(this.createLogBucket(), 'alb');
    if (props.hasFirewall)
      new Firewall(this, 'Firewall', {
        loadBalancerArn: this.loadBalancer.loadBalancerArn,
        requestsPerFiveMinutes: props.requestsPerFiveMinutes,
      });
  }

  get url(): string {
    const [listener] = this.loadBalancer.listeners;
    const scheme = listener?.port === 443 ? 'https' : 'http';
    return `${scheme}://${this.loadBalancer.loadBalancerDnsName}`;
  }

  private createLoadBalancer({ vpc, isInternetFacing = true, ...props }: FrontDoorProps): ApplicationLoadBalancer {
    return new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing: isInternetFacing,
      vpcSubnets: { subnetType: isInternetFacing ? SubnetType.PUBLIC : SubnetType.PRIVATE_WITH_EGRESS },
      securityGroup: this.createSecurityGroup(vpc, props),
      idleTimeout: IDLE_TIMEOUT,
      dropInvalidHeaderFields: true,
      deletionProtection: props.isProduction ?? true,
      http2Enabled: true,
    });
  }

  private createSecurityGroup(
    vpc: IVpc,
    { allowedCidrs = [ANYBODY], certificateArn, signIn }: Omit<FrontDoorProps, 'vpc'>,
  ): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', { vpc, allowAllOutbound: false });
    const ports = certificateArn ? [443, 80] : [80];
    for (const cidr of allowedCidrs) {
      for (const port of ports) group.addIngressRule(Peer.ipv4(cidr), Port.tcp(port));
    }
    // The load balancer itself trades the code of a sign-in for tokens.
    if (signIn) group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'endpoints of the identity provider');
    if (allowedCidrs.includes(ANYBODY))
      Validations.of(group).acknowledge({
        id: 'AwsSolutions-EC23',
        reason: 'A public entrance is what this is; "allowedCidrs" narrows it.',
      });
    return group;
  }

  private createTargetGroup({ vpc, longestAnswer = LONGEST_ANSWER }: FrontDoorProps): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, 'Tasks', {
      vpc,
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTP,
      port: CONTAINER_PORT,
      deregistrationDelay: longestAnswer,
      // Streams differ a hundredfold in length: counting what is open spreads them, taking turns does not.
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
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Holds the access logs of the load balancer; logs of reading logs would have no end.',
    });
    return bucket;
  }
}
