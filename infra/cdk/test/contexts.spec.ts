import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { contextOfFile } from '../lib/context-file.ts';
import { deploymentOf } from '../lib/deployment.ts';
import { namesOf } from '../lib/deployment-names.ts';
import { builtImage, proxyImage } from '../lib/image.ts';
import { expectNoSecrets } from '../lib/open-settings.ts';
import { expectUsableRegion } from '../lib/partition.ts';
import { BUILT_IMAGE, FULL_CONTEXT, IMAGE_DIGEST, PRIVATE_VPC, TRIAL } from './support/shapes.ts';
import { containerOf, resourcesOf, synthesise } from './support/synthesise.ts';

const { certificateArn } = FULL_CONTEXT;
const read = (context: Record<string, unknown>) => deploymentOf(new App({ context: { ...TRIAL, ...context } }).node);

describe('the defaults', () => {
  const trial = synthesise(TRIAL);
  const environment = containerOf(trial).Environment as { Name: string; Value: string }[];
  const settingOf = (name: string) => environment.find(({ Name }) => Name === name)?.Value;

  it('serve callers with a client key only, and prove Bedrock every hour', () => {
    expect([settingOf('CLIENT_AUTH'), settingOf('FALLBACK_PROBE_MINUTES')]).toEqual(['keys', '60']);
  });

  it('trust the subnets of the load balancer, and no other host of the network', () => {
    expect(settingOf('TRUST_PROXY')).toBe('10.0.16.0/20,10.0.32.0/20');
  });

  it('admit the network itself, and no address beyond it', () => {
    const rules = resourcesOf(trial, 'AWS::EC2::SecurityGroup').flatMap(
      ({ Properties }) => (Properties.SecurityGroupIngress as { CidrIp: string }[]) ?? [],
    );
    expect(rules.map(({ CidrIp }) => CidrIp)).toEqual(['10.0.0.0/16']);
  });

  it('have outputs for everything that an incident needs', () => {
    expect(Object.keys(trial.findOutputs('*')).sort()).toEqual([
      'AdminTokenSecret',
      'Cluster',
      'Dashboard',
      'LogGroup',
      'ServiceName',
      'TableNames',
      'Url',
    ]);
  });

  it('allow no command in a task, and mask secrets in the log', () => {
    trial.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: false });
    expect(JSON.stringify(resourcesOf(trial, 'AWS::Logs::LogGroup'))).toMatch(/DataProtectionPolicy.*sk-ant-/);
  });
});

describe('an adopted network without public subnets', () => {
  const template = synthesise({ certificateArn, vpc: PRIVATE_VPC, image: BUILT_IMAGE, ecsExec: true });

  it('gets gateway endpoints, trusts the ranges of the load balancer, and makes no network', () => {
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    const endpoints = resourcesOf(template, 'AWS::EC2::VPCEndpoint').map(({ Properties }) => Properties);
    expect(endpoints.map(({ VpcEndpointType, RouteTableIds }) => [VpcEndpointType, RouteTableIds])).toEqual(
      Array(2).fill(['Gateway', PRIVATE_VPC.privateRouteTableIds]),
    );
    expect(containerOf(template).Environment).toContainEqual({
      Name: 'TRUST_PROXY',
      Value: '172.20.1.0/24,172.20.2.0/24',
    });
  });

  it('runs an image by its digest, which the execution role may pull', () => {
    expect(JSON.stringify(containerOf(template).Image)).toContain(IMAGE_DIGEST);
    const pulls = resourcesOf(template, 'AWS::IAM::Policy').filter(({ Properties }) =>
      JSON.stringify(Properties).includes('ecr:BatchGetImage'),
    );
    expect(JSON.stringify(pulls)).toContain(':ecr:us-east-1:123456789012:repository/team/claude-code-proxy');
  });

  it('allows commands in tasks if "ecsExec" says so, with the writable root that its agent needs', () => {
    template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: true });
    expect(containerOf(template).ReadonlyRootFilesystem).toBe(false);
  });
});

describe('everything', () => {
  const full = synthesise(FULL_CONTEXT);

  it('encrypts tables, log, topic and secrets with the key of the customer', () => {
    const { kmsKeyArn } = FULL_CONTEXT;
    for (const [type, count] of [
      ['AWS::DynamoDB::GlobalTable', 4],
      ['AWS::SecretsManager::Secret', 3],
      ['AWS::SNS::Topic', 1],
    ] as const) {
      const encrypted = resourcesOf(full, type).filter((resource) => JSON.stringify(resource).includes(kmsKeyArn));
      expect([type, encrypted.length]).toEqual([type, count]);
    }
    full.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: kmsKeyArn });
  });

  it('warns of costs: by the hour, by the month, and of a Bedrock that cannot answer', () => {
    const alarms = resourcesOf(full, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    const alarmOf = (name: string) =>
      alarms.find(({ AlarmDescription }) => String(AlarmDescription).includes(`"${name}"`));
    const hourly = {
      Threshold: 50,
      EvaluationPeriods: 1,
      MetricName: 'FallbackCostUsd',
      Statistic: 'Sum',
      Period: 3600,
    };
    expect(alarmOf('FallbackCost')).toMatchObject(hourly);
    expect(alarmOf('FallbackUnproven')).toMatchObject({ Threshold: 0 });
    expect(alarmOf('FirewallBlocks')).toBeDefined();
    full.hasResourceProperties('AWS::Budgets::Budget', { Budget: { BudgetLimit: { Amount: 5000, Unit: 'USD' } } });
  });
});

describe('a context that cannot work is refused with what is allowed', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no certificate', { plainHttp: false }, /"certificateArn" is missing.*plainHttp=true/],
    [
      'public subnets',
      { internetFacing: true, allowedCidrs: '203.0.113.0/24', vpc: PRIVATE_VPC },
      /no "publicSubnetIds"/,
    ],
    ['a subnet per zone', { vpc: { ...PRIVATE_VPC, privateSubnetIds: ['subnet-1'] } }, /1 entries for 2 zones/],
    ['ranges of the load balancer', { vpc: { ...PRIVATE_VPC, loadBalancerCidrs: [] } }, /no "loadBalancerCidrs"/],
  ])('%s', (_name, context, message) => {
    expect(() => synthesise({ ...TRIAL, ...context })).toThrow(message);
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ internetFacing: true }, /"allowedCidrs" is missing/],
    [{ internetFacing: true, allowedCidrs: '0.0.0.0/0' }, /openToTheInternet=true/],
    [{ allowedCidrs: '10.0.0.0/8,0.0.0.0/0' }, /openToTheInternet=true/],
    [{ tablePrefix: 'staging' }, /"tablePrefix" alone would replace the tables/],
    [{ environment: 'Prod 2' }, /"environment" must begin with a small letter/],
    [{ stackName: 'a_b' }, /"stackName" must begin with a letter/],
  ])('%j', (context, message) => {
    expect(() => read(context)).toThrow(message);
  });

  it('opens to all addresses only if that is said', () => {
    expect(read({ internetFacing: true, openToTheInternet: true }).allowedCidrs).toEqual(['0.0.0.0/0']);
    expect(read({ allowedCidrs: '10.0.0.0/8' }).allowedCidrs).toEqual(['10.0.0.0/8']);
  });

  it.each(['cn-north-1', 'us-iso-east-1', 'us-gov-west-1'])('the Region %s', (region) => {
    expect(() => expectUsableRegion(region, [])).toThrow(region);
  });

  it('accepts GovCloud with models of its own', () => {
    const profile = 'arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.anthropic.x';
    expect(() => expectUsableRegion('us-gov-west-1', [profile])).not.toThrow();
  });

  it('an image without a digest', () => {
    for (const uri of ['claude-code-proxy:latest', BUILT_IMAGE.replace(/@.*/, ':1'), BUILT_IMAGE.slice(0, -1)])
      expect(() => builtImage(new App(), uri)).toThrow(/must be the URI of an image with its digest/);
  });

  it('a base image without a digest', () => {
    expect(() => proxyImage('arm64', 'node:24.21.0-bookworm-slim')).toThrow(/"nodeImage" must name .* with its digest/);
    expect(() => proxyImage('arm64', `node:24.21.0-bookworm-slim@${IMAGE_DIGEST}`)).not.toThrow();
  });
});

describe('names', () => {
  it.each([
    [{}, 'ClaudeProxy', 'claude-proxy'],
    [{ environment: 'staging' }, 'ClaudeProxy-staging', 'claude-proxy-staging'],
    [{ stackName: 'TeamB' }, 'TeamB', 'claude-proxy-teamb'],
    [{ stackName: 'ClaudeProxy', tablePrefix: 'restored' }, 'ClaudeProxy', 'restored'],
  ])('of %j', (given, stackName, tablePrefix) => {
    expect(namesOf(given)).toEqual({ stackName, tablePrefix });
  });
});

describe('settings', () => {
  it.each([
    ['ENCRYPTION_KEY', 'x', 'declares it as a secret'],
    ['REDIS_URL', 'redis://host', 'declares it as a secret'],
    ['AWS_SECRET_ACCESS_KEY', 'x', 'name is that of a secret'],
    ['AWS_ACCESS_KEY_ID', 'x', 'name is that of a secret'],
    ['ACME_API_TOKEN', 'x', 'name is that of a secret'],
    ['DB_PASSWD', 'x', 'name is that of a secret'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer x', 'secret'],
    ['ANTHROPIC_UPSTREAM_URL', 'https://user:pw@proxy.example.com', 'URL with a password'],
    ['HTTPS_PROXY', 'http://:pw@proxy:3128', 'URL with a password'],
    ['ACME', '{"url":"rediss://:hunter2@x"}', 'URL with a password'],
    ['MODELS', 'sk-ant-api03-abcdefgh', 'contains a key'],
  ])('refuse %s=%s', (name, value, reason) => {
    expect(() => expectNoSecrets({ [name]: value })).toThrow(new RegExp(`expose ${name} .*${reason}.*Secrets Manager`));
  });

  it('take open settings, also those whose names sound secret', () => {
    const settings = {
      LOG_LEVEL: 'debug',
      THROTTLE_COUNT_TOKENS_LIMIT: 1,
      PLACEHOLDER_CREDENTIALS: 'x',
      ANTHROPIC_UPSTREAM_URL: 'https://proxy.example.com:8443/a@b',
    };
    expect(() => expectNoSecrets(settings)).not.toThrow();
  });
});

describe('the file of the deployment', () => {
  const directory = mkdtempSync(join(tmpdir(), 'deployment-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('is read by environment, and the command line wins', () => {
    writeFileSync(join(directory, 'deployment.json'), '{"cpu":1024,"memory":2048}');
    writeFileSync(join(directory, 'deployment.staging.json'), '{"cpu":256}');
    const cpuOf = (context: Record<string, unknown>) => {
      const { node } = new App({ context });
      contextOfFile(node, directory);
      return [node.tryGetContext('cpu'), node.tryGetContext('memory')];
    };
    expect([cpuOf({}), cpuOf({ cpu: '512' }), cpuOf({ environment: 'staging' })]).toEqual([
      [1024, 2048],
      ['512', 2048],
      [256, undefined],
    ]);
  });

  it('is refused with its name if it is not an object', () => {
    for (const text of ['[1]', '{']) {
      writeFileSync(join(directory, 'deployment.json'), text);
      expect(() => contextOfFile(new App().node, directory)).toThrow(/infra\/cdk\/deployment\.json/);
    }
  });
});
