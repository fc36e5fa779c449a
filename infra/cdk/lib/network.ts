import { Validations } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** An existing network. All of its parts are given and none is looked up, so that synthesis needs no account. */
export interface ExistingVpc {
  readonly id: string;
  readonly cidr: string;
  readonly availabilityZones: readonly string[];
  /** For an Internet-facing load balancer only. */
  readonly publicSubnetIds?: readonly string[];
  /** Subnets with outbound access. */
  readonly privateSubnetIds: readonly string[];
  /** Address ranges of the subnets of the load balancer: the private ones, or the public ones if it is Internet-facing. */
  readonly loadBalancerCidrs: readonly string[];
  /** Route tables of the private subnets. With them gateway endpoints for DynamoDB and S3 are created. */
  readonly privateRouteTableIds?: readonly string[];
}

export interface NetworkProps {
  /** @default - a network of its own */
  readonly existing?: ExistingVpc;
  /** @default '10.0.0.0/16' */
  readonly cidr?: string;
  /** One per zone survives the loss of a zone. Each costs about 36 dollars a month. @default 1 */
  readonly natGateways?: number;
  /** Keeps Bedrock traffic off the NAT, for 15 dollars a month. @default false */
  readonly hasBedrockEndpoint?: boolean;
  /** @default true */
  readonly hasFlowLogs?: boolean;
  /** Whether the load balancer is in the public subnets. @default false */
  readonly isInternetFacing?: boolean;
}

/** Two zones: public subnets for the NAT and an Internet-facing load balancer, private ones for the tasks. */
export class Network extends Construct {
  readonly vpc: IVpc;
  readonly cidr: string;
  readonly loadBalancerSubnets: SubnetSelection;
  /** Requests from these ranges come from the load balancer, or from a neighbor of it in its subnets. */
  readonly loadBalancerCidrs: readonly string[];

  constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, id);
    const { existing, isInternetFacing = false } = props;
    if (existing) expectWhole(existing, isInternetFacing);
    this.cidr = existing?.cidr ?? props.cidr ?? '10.0.0.0/16';
    this.vpc = existing ? this.adopt(existing) : this.create(props);
    this.loadBalancerSubnets = {
      subnetType: isInternetFacing ? SubnetType.PUBLIC : SubnetType.PRIVATE_WITH_EGRESS,
    };
    const { subnets } = this.vpc.selectSubnets(this.loadBalancerSubnets);
    this.loadBalancerCidrs = existing?.loadBalancerCidrs ?? subnets.map(({ ipv4CidrBlock }: ISubnet) => ipv4CidrBlock);
    if (props.hasBedrockEndpoint) this.addBedrockEndpoint();
  }

  private adopt({ id, cidr, publicSubnetIds = [], privateRouteTableIds = [], ...rest }: ExistingVpc): IVpc {
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: id,
      vpcCidrBlock: cidr,
      availabilityZones: [...rest.availabilityZones],
      ...(publicSubnetIds.length > 0 && { publicSubnetIds: [...publicSubnetIds] }),
      privateSubnetIds: [...rest.privateSubnetIds],
      ...(privateRouteTableIds.length > 0 && { privateSubnetRouteTableIds: [...privateRouteTableIds] }),
    });
    if (privateRouteTableIds.length > 0) addGatewayEndpoints(vpc);
    return vpc;
  }

  private create({ natGateways = 1, hasFlowLogs = true }: NetworkProps): Vpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(this.cidr),
      maxAzs: 2,
      natGateways,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
      ],
      // Nothing uses the default group, and restricting it would cost a Lambda function.
      restrictDefaultSecurityGroup: false,
    });
    addGatewayEndpoints(vpc);
    if (hasFlowLogs) {
      const logGroup = new LogGroup(this, 'FlowLogs', { retention: RetentionDays.ONE_MONTH });
      vpc.addFlowLog('ToCloudWatch', { destination: FlowLogDestination.toCloudWatchLogs(logGroup) });
    }
    return vpc;
  }

  private addBedrockEndpoint(): void {
    const endpoint = this.vpc.addInterfaceEndpoint('BedrockRuntime', {
      service: InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME,
      subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    });
    Validations.of(endpoint).acknowledge({
      id: 'AwsSolutions-EC23',
      reason:
        'The group allows only the range of this network on port 443; the check cannot read a range that is a token.',
    });
  }
}

/** Both are free, and keep the traffic of the tables and of the layers of images off the NAT. */
function addGatewayEndpoints(vpc: IVpc): void {
  const subnets = [{ subnetType: SubnetType.PRIVATE_WITH_EGRESS }];
  vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB, subnets });
  vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3, subnets });
}

/** Without these checks the CDK fails with an error that does not name the member. */
function expectWhole(vpc: ExistingVpc, isInternetFacing: boolean): void {
  const required = ['id', 'cidr', 'availabilityZones', 'privateSubnetIds', 'loadBalancerCidrs'] as const;
  const missing = required.filter((name) => vpc[name] === undefined || vpc[name].length === 0);
  if (missing.length > 0)
    throw new Error(`The context "vpc" has no "${missing.join('", "')}". Needed are: ${required.join(', ')}.`);
  const { availabilityZones: zones, publicSubnetIds = [], privateSubnetIds, privateRouteTableIds = [] } = vpc;
  if (isInternetFacing && publicSubnetIds.length === 0)
    throw new Error(
      'The context "vpc" has no "publicSubnetIds", which "internetFacing=true" needs. Set it, or set "internetFacing=false".',
    );
  const subnets = { publicSubnetIds, privateSubnetIds, privateRouteTableIds };
  for (const [name, ids] of Object.entries(subnets)) {
    if (ids.length % zones.length === 0) continue;
    throw new Error(
      `"${name}" of the context "vpc" has ${ids.length} entries for ${zones.length} zones. It needs one for each zone, in the order of "availabilityZones".`,
    );
  }
}
