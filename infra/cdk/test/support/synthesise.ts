import { readFileSync, rmSync } from 'node:fs';
import { jest } from '@jest/globals';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { type ContainerDefinition, ContainerImage, type ContainerImageConfig } from 'aws-cdk-lib/aws-ecs';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { deploymentOf } from '../../lib/deployment.ts';
import { ClaudeProxyStack } from '../../lib/stack.ts';

const { context: flags } = JSON.parse(readFileSync('infra/cdk/cdk.json', 'utf8')) as {
  context: Record<string, unknown>;
};

export const REGION = 'us-east-1';

/** Sets all contexts that add a part to the stack. */
export const FULL_CONTEXT = {
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000',
  bedrockEndpoint: true,
  waf: true,
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

/** The whole stack as the command line makes it. Throws if it breaks a rule of cdk-nag or CloudFormation. */
export function synthesiseChecked(context: Record<string, unknown> = {}): { template: Template; report: string } {
  const app = new App({ context: { ...flags, ...context } });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const printed = jest.spyOn(console, 'error').mockImplementation(() => {});
  const template = templateOf(app);
  const report = printed.mock.calls.flat().join('\n');
  printed.mockRestore();
  return { template, report };
}

/** The same without checks, in a third of the time. */
export function synthesise(context: Record<string, unknown> = {}): Template {
  const unchecked = { '@aws-cdk/core:validateAgainstDefaultRules': false };
  const printed = jest.spyOn(console, 'error').mockImplementation(() => {});
  try {
    return templateOf(new App({ context: { ...flags, ...unchecked, ...context } }));
  } finally {
    printed.mockRestore();
  }
}

/** An existing image: tests need no hash of the sources. */
class BuiltImage extends ContainerImage {
  override bind(scope: Construct, container: ContainerDefinition): ContainerImageConfig {
    const repository = Repository.fromRepositoryName(scope, 'Images', 'claude-code-proxy');
    return ContainerImage.fromEcrRepository(repository, '1').bind(scope, container);
  }
}

function templateOf(app: App): Template {
  const deployment = deploymentOf(app.node);
  const stack = new ClaudeProxyStack(app, 'ClaudeProxy', { region: REGION, deployment, image: new BuiltImage() });
  const template = Template.fromStack(stack);
  rmSync(app.outdir, { recursive: true, force: true });
  return template;
}

/** One construct in a stack of its own. */
export function synthesiseConstruct(create: (stack: Stack) => Construct): Template {
  const app = new App({ context: flags });
  const stack = new Stack(app, 'Test', { env: { region: REGION } });
  create(stack);
  const template = Template.fromStack(stack);
  rmSync(app.outdir, { recursive: true, force: true });
  return template;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
}

export function resourcesOf(template: Template, type: string): Resource[] {
  return Object.values(template.findResources(type)) as Resource[];
}

/** The container of the only task definition. */
export function containerOf(template: Template): Record<string, unknown> {
  const [task] = resourcesOf(template, 'AWS::ECS::TaskDefinition');
  return (task!.Properties.ContainerDefinitions as Record<string, unknown>[])[0]!;
}
