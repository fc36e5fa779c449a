import { ClaudeModels, MODELS } from '@claude-proxy/claude-models';
import { describe, expect, it } from '@jest/globals';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { targetOf } from '../../../apps/proxy/src/upstreams/bedrock/models.js';
import { BedrockAccess, type BedrockProfile } from '../lib/bedrock-access.ts';
import { resourcesOf, synthesiseConstruct } from './support/synthesise.ts';

const ACCOUNT = '123456789012';
const MAX_POLICY_CHARACTERS = 6_144;
const REGIONS = (
  'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 ' +
  'eu-south-2 eu-west-1 eu-west-2 eu-west-3 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ' +
  'ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-south-1 ap-south-2 sa-east-1'
).split(' ');
const models = new ClaudeModels();

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: string | string[];
  readonly Condition?: unknown;
}

function policiesIn(region: string, profile: BedrockProfile = 'auto'): string[] {
  const template = synthesiseConstruct((stack) => {
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    return new BedrockAccess(stack, 'Bedrock', { role, region, profile });
  });
  return resourcesOf(template, 'AWS::IAM::ManagedPolicy').map(({ Properties }) => resolved(Properties.PolicyDocument));
}

/** The document as IAM receives it: with an account number instead of the reference. */
function resolved(document: unknown): string {
  return JSON.stringify(document, (_name, value: unknown) => {
    const join = (value as { 'Fn::Join'?: [string, unknown[]] } | null)?.['Fn::Join'];
    return join ? join[1].map((part) => (typeof part === 'string' ? part : ACCOUNT)).join(join[0]) : value;
  });
}

function resourcesIn(policies: readonly string[]): string[] {
  const statements = policies.flatMap((policy) => (JSON.parse(policy) as { Statement: Statement[] }).Statement);
  return statements.flatMap(({ Resource }) => Resource);
}

describe('BedrockAccess', () => {
  it.each(REGIONS)('allows exactly the invocations of the application in %s', (region) => {
    const policies = policiesIn(region);
    const granted = resourcesIn(policies);
    const asked = MODELS.flatMap(({ id }) => {
      const target = targetOf(id, { region, profile: 'auto', modelMap: {} }, models);
      return 'modelId' in target ? [target.modelId] : [];
    });
    const missing = asked.filter(
      (id) => !granted.includes(`arn:aws:bedrock:${region}:${ACCOUNT}:inference-profile/${id}`),
    );
    expect(missing).toEqual([]);
    expect(Math.max(...policies.map(({ length }) => length))).toBeLessThan(MAX_POLICY_CHARACTERS);
    expect(policies.length).toBeLessThanOrEqual(10);
  });

  it('grants the two invocations and the count of tokens, which takes base models, and nothing else', () => {
    const statements = policiesIn('us-east-1').flatMap(
      (policy) => (JSON.parse(policy) as { Statement: Statement[] }).Statement,
    );
    const [counts, invocations] = [
      statements.filter(({ Action }) => String(Action) === 'bedrock:CountTokens'),
      statements.filter(({ Action }) => String(Action) !== 'bedrock:CountTokens'),
    ];
    for (const { Action } of invocations)
      expect(Action).toEqual(['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream']);
    const baseIds = MODELS.flatMap(({ bedrock }) => bedrock?.baseId ?? []);
    expect(counts.flatMap(({ Resource }) => Resource).sort()).toEqual(
      baseIds.map((baseId) => `arn:aws:bedrock:us-east-1::foundation-model/${baseId}`).sort(),
    );
  });

  it('keeps prompts in their geography with the profile "geo"', () => {
    const granted = resourcesIn(policiesIn('eu-central-1', 'geo'));
    expect(granted).toContain(`arn:aws:bedrock:eu-central-1:${ACCOUNT}:inference-profile/eu.anthropic.claude-opus-5-5`);
    expect(granted.filter((arn) => !/^arn:aws:bedrock:eu-/.test(arn))).toEqual([]);
  });

  it('allows a global profile to route anywhere, but only through that profile', () => {
    const policy = policiesIn('sa-east-1').find((text) => text.includes('claude-opus-5-5'));
    const { Statement: statements } = JSON.parse(policy!) as { Statement: Statement[] };
    const anywhere = statements.find(({ Resource }) => JSON.stringify(Resource).includes('arn:aws:bedrock:::'));
    expect(anywhere?.Condition).toMatchObject({
      StringEquals: {
        'aws:RequestedRegion': 'unspecified',
        'bedrock:InferenceProfileArn': expect.arrayContaining([
          `arn:aws:bedrock:sa-east-1:${ACCOUNT}:inference-profile/global.anthropic.claude-opus-5-5`,
        ]),
      },
    });
  });
});
