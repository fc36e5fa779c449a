import { text } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const albSection = section('alb', 'Sign-in at an AWS load balancer in front. All three, or none.', {
  loadBalancerArn: setting(
    'ALB_ARN',
    text,
    'The load balancer whose signed `x-amzn-oidc-data` header opens the admin endpoints. Unset: the header counts for nothing.',
  ),
  issuer: setting('ALB_OIDC_ISSUER', text, 'The identity provider that has signed the person in.'),
  clientId: setting('ALB_OIDC_CLIENT_ID', text, 'The client that the load balancer is to that provider.'),
});

export type AlbConfig = ConfigOf<typeof albSection>;
