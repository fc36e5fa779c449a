import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { contextOfFile } from '../lib/context-file.ts';
import { deploymentOf } from '../lib/deployment.ts';
import { ClaudeProxyStack } from '../lib/stack.ts';

const app = new App();
contextOfFile(app.node);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
// The CLI sets both from the current profile. Without a profile the template fits any account.
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region = 'us-east-1' } = process.env;
const deployment = deploymentOf(app.node);
const stack = new ClaudeProxyStack(app, deployment.stackName, { deployment, region, env: { account } });
Tags.of(stack).add('application', 'claude-code-proxy');
