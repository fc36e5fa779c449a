import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { TRIAL } from './support/shapes.ts';
import { containerOf, resourcesOf, synthesise } from './support/synthesise.ts';

const plain = synthesise();
const other = synthesise({
  ...TRIAL,
  production: 'false',
  environment: 'trial',
  cpu: '1024',
  memory: '2048',
  architecture: 'x86_64',
  natGateways: '2',
  taskCount: '3',
  inFlightPerTask: '80',
  longestAnswerSeconds: '60',
});

describe('the tasks', () => {
  it('start with a read-only root, no capabilities, and an init process that forwards signals', () => {
    expect(containerOf(plain)).toMatchObject({
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true },
      StopTimeout: 120,
    });
  });

  it('probe silent connections before a NAT drops them', () => {
    expect(containerOf(plain).SystemControls).toContainEqual({ Namespace: 'net.ipv4.tcp_keepalive_time', Value: '45' });
  });

  it('never block on their log', () => {
    expect(containerOf(plain).LogConfiguration).toMatchObject({ Options: { mode: 'non-blocking' } });
  });

  it('have a heap that fits their memory', () => {
    const heapOf = (template: typeof plain) => {
      const environment = containerOf(template).Environment as { Name: string; Value: string }[];
      return /--max-old-space-size=(\d+)/.exec(environment.find(({ Name }) => Name === 'NODE_OPTIONS')!.Value)?.[1];
    };
    expect([heapOf(plain), heapOf(other)]).toEqual(['409', '819']);
  });

  it('are replaced without a gap, and rolled back if the new ones fail', () => {
    plain.hasResourceProperties('AWS::ECS::Service', {
      PlatformVersion: '1.4.0',
      DesiredCount: Match.absent(),
      DeploymentConfiguration: {
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        Alarms: {
          Enable: true,
          Rollback: true,
          AlarmNames: [
            { Ref: Match.stringLikeRegexp('DeploymentErrors') },
            { Ref: Match.stringLikeRegexp('DeploymentUnanswered') },
          ],
        },
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
      },
    });
  });

  it('run on ARM by default', () => {
    plain.hasResourceProperties('AWS::ECS::TaskDefinition', { RuntimePlatform: { CpuArchitecture: 'ARM64' } });
    other.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Cpu: '1024',
      Memory: '2048',
      RuntimePlatform: { CpuArchitecture: 'X86_64' },
    });
  });

  it('accept connections only from the load balancer', () => {
    plain.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    plain.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 8080, ToPort: 8080 });
  });

  it('scale out with requests in flight and with buffered bytes, and scale in slowly', () => {
    other.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 3, MaxCapacity: 10 });
    other.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 80,
        ScaleInCooldown: 900,
        ScaleOutCooldown: 60,
        CustomizedMetricSpecification: { MetricName: 'InFlight', Statistic: 'Average' },
      },
    });
    other.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 50,
        CustomizedMetricSpecification: { MetricName: 'BufferedPercent', Statistic: 'Average' },
      },
    });
    other.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 3);
  });
});

describe('what outlives the stack', () => {
  it('includes all tables and the log in production', () => {
    // A failed first deployment leaves nothing behind: its tables have names, and would be in the way of the next try.
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket'])
      expect(new Set(resourcesOf(plain, type).map(({ DeletionPolicy }) => DeletionPolicy))).toEqual(
        new Set(['RetainExceptOnCreate']),
      );
    plain.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [
        {
          Region: 'us-east-1',
          DeletionProtectionEnabled: false,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
  });

  it('excludes the tables of a trial, which have names of their own', () => {
    const tables = resourcesOf(other, 'AWS::DynamoDB::GlobalTable');
    expect(tables.map(({ Properties }) => Properties.TableName).sort()).toEqual(
      ['access', 'rate-limits', 'requests', 'usage'].map((suffix) => `claude-proxy-trial-${suffix}`),
    );
    expect(new Set(tables.map(({ DeletionPolicy }) => DeletionPolicy))).toEqual(new Set(['Delete']));
  });
});

describe('the network', () => {
  it('has the configured number of NATs', () => {
    other.resourceCountIs('AWS::EC2::NatGateway', 2);
  });
});

describe('the context', () => {
  it.each([
    ['certifcateArn', 'x', /Unknown context "certifcateArn"/],
    ['cpu', 'half', /"cpu" must be a whole number; it is "half"/],
    ['waf', 'yes', /"waf" must be "true" or "false"/],
    ['architecture', 'mips', /one of arm64, x86_64/],
    ['settings', '[1]', /"settings" must be a JSON object/],
  ])('%s=%s is refused', (name, value, message) => {
    expect(() => synthesise({ ...TRIAL, [name]: value })).toThrow(message);
  });
});
