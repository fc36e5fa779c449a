import { httpUrl, list, text } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const albSection = section('alb', 'Sign-in at an AWS load balancer in front. All three, or none.', {
  loadBalancerArn: setting(
    'ALB_ARN',
    text,
    'The load balancer whose signed `x-amzn-oidc-data` header gives access to the admin endpoints. Unset: the header is ignored.',
  ),
  issuer: setting('ALB_OIDC_ISSUER', text, 'The identity provider that has signed the person in.'),
  clientId: setting('ALB_OIDC_CLIENT_ID', text, 'The client id of the load balancer at that provider.'),
  keysUrl: setting(
    'ALB_PUBLIC_KEYS_URL',
    httpUrl,
    "Where the load balancer's public keys are, instead of AWS's own address for the Region: the key id is appended.",
  ),
  admins: setting(
    'ALB_ADMINS',
    list,
    'People with the role `admin`: email addresses, subjects, `@domain`, or groups of `ALB_GROUPS_CLAIM`. Unset, and `ALB_VIEWERS` too: all who have signed in.',
    '',
  ),
  viewers: setting(
    'ALB_VIEWERS',
    list,
    'People with the role `viewer`, in the same way. All others see their own figures.',
    '',
  ),
  groupsClaim: setting('ALB_GROUPS_CLAIM', text, 'The claim with the groups of a person.'),
  teamClaim: setting('ALB_TEAM_CLAIM', text, 'The claim with the team of a person.'),
});

export type AlbConfig = ConfigOf<typeof albSection>;
