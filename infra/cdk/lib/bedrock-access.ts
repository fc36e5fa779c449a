import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import { type IRole, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { geographyOf } from '../../../libs/claude-models/src/bedrock-geographies.ts';
import type { BedrockModel } from '../../../libs/claude-models/src/claude-model.ts';
import { MODELS } from '../../../libs/claude-models/src/models.ts';

/** Like `BEDROCK_PROFILE` of the application. With `geo`, IAM itself keeps prompts in their geography. */
export type BedrockProfile = 'auto' | 'geo' | 'global';

export interface BedrockAccessProps {
  readonly role: IRole;
  /** The Region of the application, as a name and not as a token: profiles depend on it. */
  readonly region: string;
  /** @default 'auto', both the geography's profiles and the global ones */
  readonly profile?: BedrockProfile;
  /** Further models by ARN, such as application inference profiles named in `BEDROCK_MODEL_MAP`. @default none */
  readonly furtherArns?: readonly string[];
}

/** Oldest first: a new model changes the last policy only. */
const BEDROCK_MODELS = MODELS.flatMap(({ bedrock }) => bedrock ?? []).reverse();

const COUNT_ACTION = 'bedrock:CountTokens';
const ACTIONS = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];

/** A managed policy may have 6,144 characters. In the worst Region a model takes 1,500 of them. */
const MODELS_PER_POLICY = 4;

/**
 * Permission to invoke exactly the models of the table. A profile needs permission for itself and for the model in each
 * Region that it can route to; each of those only through the profile.
 */
export class BedrockAccess extends Construct {
  private readonly region: string;
  private readonly profile: BedrockProfile;

  constructor(scope: Construct, id: string, props: BedrockAccessProps) {
    super(scope, id);
    this.region = props.region;
    this.profile = props.profile ?? 'auto';
    for (let first = 0; first < BEDROCK_MODELS.length; first += MODELS_PER_POLICY) {
      const statements = this.statementsOf(BEDROCK_MODELS.slice(first, first + MODELS_PER_POLICY));
      if (statements.length === 0) continue;
      new ManagedPolicy(this, `Models${first / MODELS_PER_POLICY}`, { roles: [props.role], statements });
    }
    // Takes base models, and no profile.
    const counted = BEDROCK_MODELS.map((model) => this.modelArn(model, this.region));
    new ManagedPolicy(this, 'CountTokens', {
      roles: [props.role],
      statements: [new PolicyStatement({ actions: [COUNT_ACTION], resources: counted })],
    });
    const { furtherArns = [] } = props;
    if (furtherArns.length > 0)
      props.role.addToPrincipalPolicy(
        new PolicyStatement({ actions: [...ACTIONS, COUNT_ACTION], resources: [...furtherArns] }),
      );
  }

  private statementsOf(models: readonly BedrockModel[]): PolicyStatement[] {
    return [...this.geographicStatements(models), ...this.globalStatements(models)];
  }

  private geographicStatements(models: readonly BedrockModel[]): PolicyStatement[] {
    if (this.profile === 'global') return [];
    const routes = models.flatMap((model) => {
      const route = geographyOf(model, this.region);
      return route ? [{ model, ...route }] : [];
    });
    if (routes.length === 0) return [];
    const profiles = routes.map(({ model, geography }) => this.profileArn(`${geography}.${model.baseId}`));
    const destinations = routes.flatMap(({ model, regions }) => regions.map((region) => this.modelArn(model, region)));
    return [allow(profiles), allow(destinations, { StringEquals: { 'bedrock:InferenceProfileArn': profiles } })];
  }

  /** AWS uses an empty Region here: a global profile's request has none until it is routed. */
  private globalStatements(models: readonly BedrockModel[]): PolicyStatement[] {
    const reachable = models.filter(({ hasGlobal }) => hasGlobal !== false);
    if (this.profile === 'geo' || reachable.length === 0) return [];
    const profiles = reachable.map(({ baseId }) => this.profileArn(`global.${baseId}`));
    const through = { 'bedrock:InferenceProfileArn': profiles };
    return [
      allow(profiles),
      allow(
        reachable.map((model) => this.modelArn(model, this.region)),
        { StringEquals: through },
      ),
      allow(
        reachable.map((model) => this.modelArn(model, '')),
        { StringEquals: { 'aws:RequestedRegion': 'unspecified', ...through } },
      ),
    ];
  }

  private profileArn(profileId: string): string {
    return this.arn({ region: this.region, resource: 'inference-profile', resourceName: profileId });
  }

  private modelArn({ baseId }: BedrockModel, region: string): string {
    return this.arn({ region, account: '', resource: 'foundation-model', resourceName: baseId });
  }

  private arn(parts: { region: string; account?: string; resource: string; resourceName: string }): string {
    return Arn.format({ service: 'bedrock', arnFormat: ArnFormat.SLASH_RESOURCE_NAME, ...parts }, Stack.of(this));
  }
}

function allow(resources: string[], conditions: Record<string, unknown> = {}): PolicyStatement {
  return new PolicyStatement({ actions: ACTIONS, resources, conditions });
}
