import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface FirewallProps {
  readonly loadBalancerArn: string;
  /** A whole office can share one address. @default 10000 */
  readonly requestsPerFiveMinutes?: number;
}

interface RuleGroup {
  readonly name: string;
  /** Whether it has rules that inspect bodies. */
  readonly inspectsBodies: boolean;
  /** Rules that block programs that are allowed here. They count and do not block. */
  readonly counted: readonly string[];
}

/**
 * Prompts contain code, paths, URLs and HTML: talk about React or Log4j looks like an attack to these groups, and AWS
 * adds rules to them. So groups that inspect bodies never see the paths that carry prompts (`PROMPT_PATH`).
 */
const RULE_GROUPS: readonly RuleGroup[] = [
  { name: 'AWSManagedRulesAmazonIpReputationList', inspectsBodies: false, counted: [] },
  { name: 'AWSManagedRulesCommonRuleSet', inspectsBodies: true, counted: ['NoUserAgent_HEADER'] },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet', inspectsBodies: true, counted: [] },
];

/** `/v1/…` and `/user/{id}/v1/…`, and the preview of the masking, whose body is a text of a prompt. */
export const PROMPT_PATH = '^/(user/[^/]*/)?v1(/|$)|^/api/masking/';

/** Headers that hold credentials. Their values are not logged. */
const SECRET_HEADERS = ['authorization', 'x-api-key', 'x-admin-token', 'x-claude-proxy-key', 'cookie'];

/** AWS WAF in front of the load balancer, with a log of what it blocks and counts. */
export class Firewall extends Construct {
  private readonly metricName: string;

  constructor(scope: Construct, id: string, { loadBalancerArn, requestsPerFiveMinutes = 10_000 }: FirewallProps) {
    super(scope, id);
    this.metricName = Stack.of(this).stackName;
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: seenAs(this.metricName),
      rules: [
        {
          name: 'rate',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: { rateBasedStatement: { limit: requestsPerFiveMinutes, aggregateKeyType: 'IP' } },
          visibilityConfig: seenAs('rate'),
        },
        ...RULE_GROUPS.map((group, position) => managedRule(group, position + 1)),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: loadBalancerArn, webAclArn: acl.attrArn });
    this.log(acl);
  }

  get blocked(): Metric {
    return new Metric({
      namespace: 'AWS/WAFV2',
      metricName: 'BlockedRequests',
      dimensionsMap: { WebACL: this.metricName, Region: Stack.of(this).region, Rule: 'ALL' },
      statistic: Stats.SUM,
    });
  }

  private log(acl: CfnWebACL): void {
    const { stackName } = Stack.of(this);
    // AWS requires this prefix.
    const logGroupName = `aws-waf-logs-${stackName}`;
    const group = new LogGroup(this, 'Log', {
      logGroupName,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      // The ARN of the group without the `:*` that CloudFormation adds.
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      redactedFields: SECRET_HEADERS.map((name) => ({ singleHeader: { Name: name } })),
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((action) => ({
              ActionCondition: { Action: action },
            })),
          },
        ],
      },
    });
    logging.node.addDependency(group);
  }
}

function managedRule({ name, inspectsBodies, counted }: RuleGroup, priority: number): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        ...(inspectsBodies && { scopeDownStatement: EXCEPT_PROMPTS }),
      },
    },
    visibilityConfig: seenAs(name),
  };
}

const EXCEPT_PROMPTS: CfnWebACL.StatementProperty = {
  notStatement: {
    statement: {
      regexMatchStatement: {
        regexString: PROMPT_PATH,
        fieldToMatch: { uriPath: {} },
        textTransformations: [{ priority: 0, type: 'NONE' }],
      },
    },
  },
};

function seenAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
