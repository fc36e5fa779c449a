import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { PROMPT_PATH } from '../lib/firewall.ts';
import { FULL_CONTEXT, TRIAL } from './support/shapes.ts';
import { resourcesOf, synthesise } from './support/synthesise.ts';

const plain = synthesise({ ...TRIAL, allowedCidrs: '203.0.113.0/24,198.51.100.7/32' });
const { oidc: _oidc, ...WITH_CERTIFICATE } = FULL_CONTEXT;
const secure = synthesise(WITH_CERTIFICATE);
const guarded = synthesise(FULL_CONTEXT);

interface Rule {
  readonly Priority: number;
  readonly Conditions: Record<string, unknown>[];
  readonly Actions: { readonly Type: string; readonly AuthenticateOidcConfig?: Record<string, unknown> }[];
}

describe('the load balancer', () => {
  it('balances by open requests, and lets answers end before a task is removed', () => {
    plain.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetType: 'ip',
      Port: 8080,
      HealthCheckPath: '/health',
      TargetGroupAttributes: Match.arrayWith([
        { Key: 'deregistration_delay.timeout_seconds', Value: '900' },
        { Key: 'load_balancing.algorithm.type', Value: 'least_outstanding_requests' },
      ]),
    });
  });

  it('drops invalid headers, keeps a silent answer open for an hour, and writes access logs', () => {
    secure.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'deletion_protection.enabled', Value: 'false' },
        { Key: 'idle_timeout.timeout_seconds', Value: '3600' },
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
        { Key: 'access_logs.s3.enabled', Value: 'true' },
      ]),
    });
  });

  it('admits only the allowed ranges', () => {
    const [group] = resourcesOf(plain, 'AWS::EC2::SecurityGroup').filter(({ Properties }) =>
      /FrontDoor/.test(String(Properties.GroupDescription)),
    );
    const rules = group!.Properties.SecurityGroupIngress as { CidrIp: string; FromPort: number }[];
    expect(rules.map(({ CidrIp, FromPort }) => [CidrIp, FromPort])).toEqual([
      ['203.0.113.0/24', 80],
      ['198.51.100.7/32', 80],
    ]);
  });

  it('is in the private subnets if it is not Internet-facing', () => {
    const [balancer] = resourcesOf(plain, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer!.Properties.Scheme).toBe('internal');
    expect(JSON.stringify(balancer!.Properties.Subnets)).toMatch(/privateSubnet/);
  });
});

describe('HTTPS', () => {
  it('refuses plain HTTP with an error of Anthropic, and redirects only browsers', () => {
    secure.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [
        {
          Type: 'fixed-response',
          FixedResponseConfig: {
            StatusCode: '400',
            ContentType: 'application/json',
            MessageBody: Match.serializedJson(Match.objectLike({ type: 'error' })),
          },
        },
      ],
    });
    const redirects = rulesOf(secure).filter(({ Actions }) => Actions[0]!.Type === 'redirect');
    expect(redirects.map(pathsOf)).toEqual([['/ui', '/ui/*']]);
  });

  it('speaks TLS 1.2 and 1.3', () => {
    secure.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: Match.stringLikeRegexp('^ELBSecurityPolicy-TLS13-1-2-'),
    });
  });

  it('is required for a sign-in', () => {
    expect(() => synthesise({ ...TRIAL, oidc: FULL_CONTEXT.oidc })).toThrow(/certificateArn/);
  });
});

describe('sign-in', () => {
  const rules = rulesOf(guarded).filter(({ Actions }) => Actions[0]!.Type !== 'redirect');

  it('protects the dashboard and its API, never the models', () => {
    const signIns = rules.filter(({ Actions }) => Actions[0]!.Type === 'authenticate-oidc');
    expect(signIns.flatMap(pathsOf)).toEqual(['/ui', '/ui/*', '/api/*']);
    expect(signIns.map(({ Actions }) => Actions[0]!.AuthenticateOidcConfig!.OnUnauthenticatedRequest)).toEqual([
      'authenticate',
      'deny',
    ]);
  });

  it("lets Claude Code's warm-up and the admin token pass", () => {
    const first = Math.min(...rules.filter(({ Actions }) => Actions.length === 2).map(({ Priority }) => Priority));
    const passes = rules.filter(({ Priority }) => Priority < first);
    expect(passes.map(({ Actions }) => Actions[0]!.Type)).toEqual(['forward', 'forward', 'forward']);
    expect(passes.map(pathsOf)).toEqual([['/api/hello'], ['/api/*'], ['/api/*']]);
  });

  it('keeps the secret of the client out of the template', () => {
    expect(JSON.stringify(guarded.toJSON())).toContain('{{resolve:secretsmanager:');
  });
});

describe('the firewall', () => {
  const rules = resourcesOf(secure, 'AWS::WAFv2::WebACL')[0]!.Properties.Rules as ManagedRule[];
  const promptPath = new RegExp(PROMPT_PATH);

  it('shows no path that carries a prompt to rules that inspect bodies', () => {
    const groups = rules.flatMap(({ Name, Statement }) =>
      Statement.ManagedRuleGroupStatement ? [{ Name, ...Statement }] : [],
    );
    const scoped = groups.filter(({ ManagedRuleGroupStatement: group }) =>
      JSON.stringify(group!.ScopeDownStatement ?? '').includes(JSON.stringify(PROMPT_PATH)),
    );
    expect(scoped.map(({ Name }) => Name)).toEqual([
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesKnownBadInputsRuleSet',
    ]);
    for (const path of [
      '/v1/messages',
      '/v1/v1/messages',
      '/v1/chat/completions',
      '/user/alice@example.com/v1/messages/count_tokens',
      '/api/masking/preview',
    ])
      expect(path).toMatch(promptPath);
    for (const path of ['/api/drills', '/ui/', '/user/v1', '/', '/v10/x', '/x/v1/messages'])
      expect(path).not.toMatch(promptPath);
  });

  it('logs what it blocks and counts, without credentials', () => {
    const [logging] = resourcesOf(secure, 'AWS::WAFv2::LoggingConfiguration');
    expect(JSON.stringify(logging!.Properties.LogDestinationConfigs)).toMatch(/:log-group:aws-waf-logs-ClaudeProxy"/);
    expect(JSON.stringify(logging!.Properties.RedactedFields)).toMatch(
      /authorization.*x-api-key.*x-admin-token.*cookie/,
    );
  });

  it('is absent by default', () => plain.resourceCountIs('AWS::WAFv2::WebACL', 0));
});

interface ManagedRule {
  readonly Name: string;
  readonly Statement: { readonly ManagedRuleGroupStatement?: { readonly ScopeDownStatement?: unknown } };
}

function rulesOf(template: typeof plain): Rule[] {
  const rules = resourcesOf(template, 'AWS::ElasticLoadBalancingV2::ListenerRule');
  return rules.map(({ Properties }) => Properties as unknown as Rule).sort((a, b) => a.Priority - b.Priority);
}

function pathsOf({ Conditions }: Rule): string[] {
  const condition = Conditions.find(({ Field }) => Field === 'path-pattern');
  return (condition?.PathPatternConfig as { Values: string[] } | undefined)?.Values ?? [];
}
