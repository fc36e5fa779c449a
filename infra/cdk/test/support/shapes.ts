/** The smallest context of a trial: internal, without a certificate. */
export const TRIAL = { plainHttp: true };

/** Sets all contexts that add a part to the stack. */
export const FULL_CONTEXT = {
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000',
  internetFacing: true,
  allowedCidrs: '203.0.113.0/24,198.51.100.7/32',
  bedrockEndpoint: true,
  waf: true,
  monthlyBudgetUsd: 5000,
  kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000000',
  alarmEmail: 'operator@example.com',
  anthropicSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:anthropic-AbCdEf',
  anthropicSecretField: 'key',
  bedrockArns: 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc',
  settings: { LOG_LEVEL: 'debug' },
  oidc: {
    issuer: 'https://login.example.com',
    authorizationEndpoint: 'https://login.example.com/authorize',
    tokenEndpoint: 'https://login.example.com/token',
    userInfoEndpoint: 'https://login.example.com/userinfo',
    clientId: 'claude-proxy',
    clientSecretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:oidc-AbCdEf',
  },
};

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const { certificateArn, allowedCidrs, oidc } = FULL_CONTEXT;
const OPEN = { internetFacing: true, allowedCidrs };

/** An adopted network without public subnets. */
export const PRIVATE_VPC = {
  id: 'vpc-0a1b2c3d4e5f60718',
  cidr: '172.20.0.0/16',
  availabilityZones: ['us-east-1a', 'us-east-1b'],
  privateSubnetIds: ['subnet-0a1b2c3d4e5f60713', 'subnet-0a1b2c3d4e5f60714'],
  loadBalancerCidrs: ['172.20.1.0/24', '172.20.2.0/24'],
  privateRouteTableIds: ['rtb-0a1b2c3d4e5f60711', 'rtb-0a1b2c3d4e5f60712'],
};

export const IMAGE_DIGEST = DIGEST;
export const BUILT_IMAGE = `123456789012.dkr.ecr.us-east-1.amazonaws.com/team/claude-code-proxy@${DIGEST}`;

/** Contexts that people deploy, some of them one after the other. */
export const SHAPES = {
  trial: TRIAL,
  'open trial': { ...TRIAL, ...OPEN },
  certificate: { certificateArn, ...OPEN },
  internal: { certificateArn },
  oidc: { certificateArn, ...OPEN, oidc },
  waf: { certificateArn, ...OPEN, waf: true },
  'another environment': { certificateArn, environment: 'staging', waf: true, monthlyBudgetUsd: 100 },
  'adopted private network': { certificateArn, vpc: PRIVATE_VPC, image: BUILT_IMAGE, ecsExec: true },
  everything: FULL_CONTEXT,
} as const satisfies Record<string, Readonly<Record<string, unknown>>>;

export type ShapeName = keyof typeof SHAPES;
