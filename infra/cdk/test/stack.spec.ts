import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import { FULL_CONTEXT } from './support/shapes.ts';
import { REGION, resourcesOf, synthesiseChecked } from './support/synthesise.ts';

/** Both fail to synthesize if a rule of cdk-nag is broken without a stated reason. */
const { template: plain, report } = synthesiseChecked();
const { template: full, report: fullReport } = synthesiseChecked(FULL_CONTEXT);

describe('the stack', () => {
  it('has two zones, each with a public and a private subnet, and one NAT', () => {
    plain.resourceCountIs('AWS::EC2::Subnet', 4);
    plain.resourceCountIs('AWS::EC2::NatGateway', 1);
    const zones = resourcesOf(plain, 'AWS::EC2::Subnet').map(({ Properties }) =>
      JSON.stringify(Properties.AvailabilityZone),
    );
    expect(new Set(zones).size).toBe(2);
  });

  it('connects clients with the load balancer, and the load balancer with the tasks', () => {
    const [balancer] = resourcesOf(plain, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer!.Properties.Scheme).toBe('internal');
    expect(JSON.stringify(balancer!.Properties.Subnets)).toMatch(/privateSubnet1.*privateSubnet2/);
    const [open] = resourcesOf(full, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(open!.Properties.Scheme).toBe('internet-facing');
    expect(JSON.stringify(open!.Properties.Subnets)).toMatch(/publicSubnet1.*publicSubnet2/);
    const [service] = resourcesOf(plain, 'AWS::ECS::Service');
    const network = service!.Properties.NetworkConfiguration as { AwsvpcConfiguration: Record<string, unknown> };
    expect(network.AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
    expect(JSON.stringify(network.AwsvpcConfiguration.Subnets)).toMatch(/privateSubnet1.*privateSubnet2/);
  });

  it('runs at least two tasks of 0.5 vCPU and 1 GB', () => {
    plain.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '512', Memory: '1024' });
    plain.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2 });
  });

  it('has four tables on demand whose items expire', () => {
    plain.resourceCountIs('AWS::DynamoDB::GlobalTable', 4);
    plain.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  it('reaches DynamoDB without the NAT, and Bedrock too if configured', () => {
    plain.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' });
    full.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Interface',
      ServiceName: `com.amazonaws.${REGION}.bedrock-runtime`,
    });
  });

  it('equals its snapshot', () => {
    expect(plain.toJSON()).toMatchSnapshot();
  });
});

describe('the checks', () => {
  it('report only the missing certificate', () => {
    expect(report.match(/^(ERROR|WARNING) .*/gm)).toEqual([expect.stringMatching(/^WARNING WITHOUT A CERTIFICATE/)]);
    expect(fullReport).toBe('');
  });
});

describe('permissions', () => {
  it.each([
    ['plain', plain],
    ['full', full],
  ])('has no wildcard except the one that AWS requires (%s)', (_name, template) => {
    const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) => resourcesOf(template, type));
    const statements = policies.flatMap(
      ({ Properties }) =>
        (Properties.PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] }).Statement,
    );
    const wild = statements.filter(({ Action, Resource }) => JSON.stringify([Action, Resource]).includes('*'));
    expect(wild.map(({ Action }) => Action)).toEqual(['ecr:GetAuthorizationToken']);
  });

  it('allows exactly the item actions that the application uses, per table', () => {
    const [policy] = resourcesOf(plain, 'AWS::IAM::Policy').filter(({ Properties }) =>
      /TaskRole/.test(String(Properties.PolicyName)),
    );
    const { Statement: statements } = policy!.Properties.PolicyDocument as { Statement: { Action: string[] }[] };
    const actions = new Set(statements.flatMap(({ Action }) => Action));
    expect([...actions].sort()).toEqual(
      ['BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map(
        (name) => `dynamodb:${name}`,
      ),
    );
    plain.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['DeleteItem', 'GetItem', 'PutItem', 'Query'].map((name) => `dynamodb:${name}`),
          }),
        ]),
      },
    });
  });
});

describe('the image', () => {
  it('is built only from the files that the build reads', () => {
    const app = new App();
    new DockerImageAsset(new Stack(app, 'Test'), 'Image', { directory: '.' });
    const asset = readdirSync(app.outdir).find((name) => name.startsWith('asset.'));
    const staged = readdirSync(`${app.outdir}/${asset}`, { recursive: true }).map(String);
    expect(staged).toEqual(expect.arrayContaining(['Dockerfile', 'package-lock.json', 'apps/proxy/src/main.ts']));
    expect(
      staged.filter((path) =>
        /node_modules|\.spec\.ts$|^(dist|data|docs(?!$|\/openapi\.json$)|infra|cdk\.out|\.git)\b|\.env/.test(path),
      ),
    ).toEqual([]);
    rmSync(app.outdir, { recursive: true, force: true });
  });
});

describe('the manual', () => {
  const manual = read('docs/operations.md');

  it.each(resourcesOf(full, 'AWS::CloudWatch::Alarm').map(({ Properties }) => String(Properties.AlarmDescription)))(
    'has an entry for the alarm "%s"',
    (description) => {
      const name = /docs\/operations\.md, "(\w+)"/.exec(description)?.[1];
      expect(manual).toContain(`| \`${name}\` |`);
    },
  );

  it('lists all context names', () => {
    const source = read('infra/cdk/lib/deployment.ts');
    const names = [...source.matchAll(/context\.\w+(?:<[^(]*>)?\('(\w+)'/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(25);
    expect(names.filter((name) => !manual.includes(`| \`${name}\` |`))).toEqual([]);
  });
});

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
