import { text } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const albSection = section('alb', 'Sign-in at an AWS load balancer in front. All three, or none.', {
  loadBalancerArn: setting(
    'ALB_ARN',
    text,
    'The load balancer whose signed `x-amzn-oidc-data` header gives access to the admin endpoints. Unset: the header is ignored.',
  ),
  issuer: setting('ALB_OIDC_ISSUER', text, 'The identity provider that has signed the person in.'),
  clientId: setting('ALB_OIDC_CLIENT_ID', text, 'The client id of the load balancer at that provider.'),
});

export type AlbConfig = ConfigOf<typeof albSection>;
