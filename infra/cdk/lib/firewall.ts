import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface FirewallProps {
  readonly loadBalancerArn: string;
  /** A whole office can share one address. @default 10000 */
  readonly requestsPerFiveMinutes?: number;
}

interface RuleGroup {
  readonly name: string;
  /** Rules that mistake code in a prompt for an attack. They count and do not block. */
  readonly counted: readonly string[];
}

/**
 * Prompts contain code, paths, URLs and HTML, and most bodies exceed the 8 KB that the firewall reads. Rules that
 * inspect bodies therefore only count.
 */
const RULE_GROUPS: readonly RuleGroup[] = [
  { name: 'AWSManagedRulesAmazonIpReputationList', counted: [] },
  {
    name: 'AWSManagedRulesCommonRuleSet',
    counted: [
      'SizeRestrictions_BODY',
      'NoUserAgent_HEADER',
      'GenericLFI_BODY',
      'GenericRFI_BODY',
      'CrossSiteScripting_BODY',
      'EC2MetaDataSSRF_BODY',
    ],
  },
  {
    name: 'AWSManagedRulesKnownBadInputsRuleSet',
    counted: ['Log4JRCE_BODY', 'JavaDeserializationRCE_BODY'],
  },
];

/** AWS WAF in front of the load balancer. */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { loadBalancerArn, requestsPerFiveMinutes = 10_000 }: FirewallProps) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: seenAs('claude-code-proxy'),
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
  }
}

function managedRule({ name, counted }: RuleGroup, priority: number): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: seenAs(name),
  };
}

function seenAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
