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
import { TRIAL } from './shapes.ts';

const { context: flags } = JSON.parse(readFileSync('infra/cdk/cdk.json', 'utf8')) as {
  context: Record<string, unknown>;
};

export const REGION = 'us-east-1';

/** The whole stack as the command line makes it. Throws if it breaks a rule of cdk-nag or CloudFormation. */
export function synthesiseChecked(context: Record<string, unknown> = TRIAL): { template: Template; report: string } {
  const app = new App({ context: { ...flags, ...context } });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const printed = jest.spyOn(console, 'error').mockImplementation(() => {});
  const template = templateOf(app);
  const report = printed.mock.calls.flat().join('\n');
  printed.mockRestore();
  return { template, report };
}

/** The same without checks, in a third of the time. */
export function synthesise(context: Record<string, unknown> = TRIAL, region = REGION): Template {
  const unchecked = { '@aws-cdk/core:validateAgainstDefaultRules': false };
  const printed = jest.spyOn(console, 'error').mockImplementation(() => {});
  try {
    return templateOf(new App({ context: { ...flags, ...unchecked, ...context } }), region);
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

function templateOf(app: App, region = REGION): Template {
  const deployment = deploymentOf(app.node);
  const image = deployment.service.image === undefined ? { image: new BuiltImage() } : {};
  const stack = new ClaudeProxyStack(app, deployment.stackName, { region, deployment, ...image });
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
