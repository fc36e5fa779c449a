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
  /** Address ranges that may connect. @default ['0.0.0.0/0'] */
  readonly allowedCidrs?: readonly string[];
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
  /** Whether the load balancer, whose name all clients use, is protected from deletion. @default true */
  readonly isProduction?: boolean;
}

export const CONTAINER_PORT = 8080;
/** Independent of all services, so that an outage of Anthropic, Bedrock or DynamoDB does not replace all tasks. */
export const HEALTH_PATH = '/health';
const ANYBODY = '0.0.0.0/0';

/** The load balancer, the only part that is reachable from the Internet. */
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
        'WITHOUT A CERTIFICATE credentials and prompts are sent unencrypted. Set "certificateArn".',
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
    // The load balancer itself exchanges the code of a sign-in for tokens.
    if (signIn) group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'endpoints of the identity provider');
    if (allowedCidrs.includes(ANYBODY))
      Validations.of(group).acknowledge({
        id: 'AwsSolutions-EC23',
        reason: 'The load balancer is public by design; "allowedCidrs" restricts it.',
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
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Contains the access logs of the load balancer; logging access to logs would never end.',
    });
    return bucket;
  }
}
