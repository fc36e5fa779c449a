import type { Template } from 'aws-cdk-lib/assertions';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

type Resources = Readonly<Record<string, Resource>>;

const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const LISTENER_RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';

/** The property of each type that an account and a Region can have once. */
const PHYSICAL_NAMES: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::ECS::Service': 'ServiceName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'Name',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'Name',
  'AWS::WAFv2::WebACL': 'Name',
};

/**
 * What an update from one template to the other would create beside something that it cannot be beside. CloudFormation
 * creates all new resources before it deletes the old ones.
 */
export function collisionsBetween(before: Template, after: Template): string[] {
  const [old, fresh] = [resourcesOf(before), resourcesOf(after)];
  const created = Object.entries(fresh).filter(([id]) => !(id in old));
  const clashes = created.flatMap(([id, resource]) =>
    Object.entries(old)
      .filter(([, other]) => slotsOf(resource).some((slot) => slotsOf(other).includes(slot)))
      .map(([otherId]) => `${id} collides with ${otherId}`),
  );
  return [...clashes, ...sharedTargetGroups(old, fresh)];
}

/** Load balancers and target groups that the update replaces. */
export function replacedBetween(before: Template, after: Template): string[] {
  const [old, fresh] = [resourcesOf(before), resourcesOf(after)];
  const isReplaced = ([id, { Type, Properties }]: [string, Resource]) => {
    if (Type === TARGET_GROUP) return !(id in old);
    return Type === LOAD_BALANCER && old[id]?.Properties?.Scheme !== Properties?.Scheme;
  };
  return Object.entries(fresh)
    .filter(isReplaced)
    .map(([id]) => id)
    .sort();
}

/** The names that a template gives to resources, and those under which its metrics are kept. */
export function physicalNamesIn(template: Template): string[] {
  return Object.values(resourcesOf(template)).flatMap((resource) => {
    const { Budget: budget, VisibilityConfig: visibility, MetricTransformations: metrics = [] } = membersOf(resource);
    const further = [budget?.BudgetName, visibility?.MetricName, metrics[0]?.MetricNamespace];
    return [nameOf(resource), ...further].filter((name) => name !== undefined);
  });
}

/** A name that the template chooses; undefined if AWS makes one. */
function nameOf({ Type, Properties = {} }: Resource): string | undefined {
  const name = Properties[PHYSICAL_NAMES[Type] ?? ''];
  return typeof name === 'string' ? `${Type} ${name}` : undefined;
}

function membersOf({ Properties = {} }: Resource) {
  return Properties as {
    readonly Budget?: { readonly BudgetName: string };
    readonly VisibilityConfig?: { readonly MetricName: string };
    readonly MetricTransformations?: readonly { readonly MetricNamespace: string }[];
  };
}

/** What a resource occupies, that no other can have at the same time. */
function slotsOf(resource: Resource): string[] {
  const { Type, Properties = {} } = resource;
  if (Type === LISTENER) return [`port ${String(Properties.Port)} of ${JSON.stringify(Properties.LoadBalancerArn)}`];
  if (Type === LISTENER_RULE)
    return [`priority ${String(Properties.Priority)} of ${JSON.stringify(Properties.ListenerArn)}`];
  const name = nameOf(resource);
  return name === undefined ? [] : [name];
}

/** A target group belongs to one load balancer, and a replaced one exists until the update is over. */
function sharedTargetGroups(old: Resources, fresh: Resources): string[] {
  const isReplaced = Object.entries(fresh).some(
    ([id, { Type, Properties }]) =>
      Type === LOAD_BALANCER && old[id] && old[id].Properties?.Scheme !== Properties?.Scheme,
  );
  if (!isReplaced) return [];
  return Object.entries(fresh)
    .filter(([id, { Type }]) => Type === TARGET_GROUP && id in old)
    .map(([id]) => `${id} would belong to two load balancers`);
}

function resourcesOf(template: Template): Resources {
  return (template.toJSON() as { Resources: Resources }).Resources;
}
