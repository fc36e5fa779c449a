import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { deploymentOf } from '../lib/deployment.ts';
import { ClaudeProxyStack } from '../lib/stack.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
// The CLI sets both from the current profile. Without a profile the template fits any account.
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region = 'us-east-1' } = process.env;
const stack = new ClaudeProxyStack(app, 'ClaudeProxy', {
  deployment: deploymentOf(app.node),
  region,
  env: { account },
});
Tags.of(stack).add('application', 'claude-code-proxy');
