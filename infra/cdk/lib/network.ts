import { Validations } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
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
  readonly publicSubnetIds: readonly string[];
  /** Subnets with outbound access. */
  readonly privateSubnetIds: readonly string[];
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
}

/** Two zones: public subnets for the load balancer, private ones with outbound access for the tasks. */
export class Network extends Construct {
  readonly vpc: IVpc;
  /** Requests from this range come from the load balancer. */
  readonly cidr: string;

  constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, id);
    if (props.existing) {
      this.cidr = props.existing.cidr;
      this.vpc = this.adopt(props.existing);
    } else {
      this.cidr = props.cidr ?? '10.0.0.0/16';
      this.vpc = this.create(props);
    }
    if (props.hasBedrockEndpoint) this.addBedrockEndpoint();
  }

  private adopt({ id, cidr, ...rest }: ExistingVpc): IVpc {
    return Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: id,
      vpcCidrBlock: cidr,
      availabilityZones: [...rest.availabilityZones],
      publicSubnetIds: [...rest.publicSubnetIds],
      privateSubnetIds: [...rest.privateSubnetIds],
    });
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
    vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB });
    vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
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
