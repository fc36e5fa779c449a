import { SecretValue } from 'aws-cdk-lib';
import {
  type ApplicationListener,
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  SslPolicy,
  UnauthenticatedAction,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** An OpenID Connect provider that guards the dashboard. Its callback is `https://<name>/oauth2/idpresponse`. */
export interface SignIn {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly clientId: string;
  /** The client's secret, as the whole value of this secret of Secrets Manager. */
  readonly clientSecretArn: string;
}

export interface ListenerProps {
  readonly certificateArn?: string;
  readonly signIn?: SignIn;
}

const DASHBOARD_PATHS = ['/ui', '/ui/*'];
/** Claude Code warms its connection up here; everything else below `/api` belongs to the operator. */
const WARM_UP_PATHS = ['/api/hello'];
const ADMIN_PATHS = ['/api/*'];

const HTTPS_ONLY = {
  type: 'error',
  error: {
    type: 'invalid_request_error',
    message:
      'This gateway speaks HTTPS only. Change http:// to https:// in the base URL, and replace the credential that has just been sent in the clear.',
  },
};

/**
 * With a certificate: HTTPS, and a refusal on port 80. A redirect there would lose bodies, and hide for good that
 * every request first crosses the network in the clear. Only a browser on its way to the dashboard is led on.
 */
export function openListeners(
  loadBalancer: ApplicationLoadBalancer,
  tasks: ApplicationTargetGroup,
  { certificateArn, signIn }: ListenerProps,
): void {
  const listener = certificateArn
    ? loadBalancer.addListener('Https', {
        port: 443,
        open: false,
        certificates: [{ certificateArn }],
        sslPolicy: SslPolicy.TLS13_12_RES_PQ,
        defaultAction: ListenerAction.forward([tasks]),
      })
    : loadBalancer.addListener('Http', { port: 80, open: false, defaultAction: ListenerAction.forward([tasks]) });
  if (signIn) demandSignIn(listener, tasks, signIn);
  if (certificateArn) refusePlainHttp(loadBalancer);
}

/** Programs show the admin token, which the application judges; people sign in. Never on `/v1`. */
function demandSignIn(listener: ApplicationListener, tasks: ApplicationTargetGroup, signIn: SignIn): void {
  const forward = ListenerAction.forward([tasks]);
  listener.addAction('WarmUp', {
    priority: 20,
    conditions: [ListenerCondition.pathPatterns(WARM_UP_PATHS)],
    action: forward,
  });
  listener.addAction('AdminToken', {
    priority: 21,
    conditions: [ListenerCondition.pathPatterns(ADMIN_PATHS), ListenerCondition.httpHeader('x-admin-token', ['*'])],
    action: forward,
  });
  listener.addAction('AdminBearer', {
    priority: 22,
    conditions: [ListenerCondition.pathPatterns(ADMIN_PATHS), ListenerCondition.httpHeader('authorization', ['*'])],
    action: forward,
  });
  listener.addAction('Dashboard', {
    priority: 30,
    conditions: [ListenerCondition.pathPatterns(DASHBOARD_PATHS)],
    action: signedIn(signIn, UnauthenticatedAction.AUTHENTICATE, forward),
  });
  // A script's call cannot follow a redirect to a sign-in page; 401 lets the dashboard reload itself.
  listener.addAction('AdminApi', {
    priority: 31,
    conditions: [ListenerCondition.pathPatterns(ADMIN_PATHS)],
    action: signedIn(signIn, UnauthenticatedAction.DENY, forward),
  });
}

function signedIn(
  { clientSecretArn, ...provider }: SignIn,
  onUnauthenticatedRequest: UnauthenticatedAction,
  next: ListenerAction,
): ListenerAction {
  return ListenerAction.authenticateOidc({
    ...provider,
    clientSecret: SecretValue.secretsManager(clientSecretArn),
    scope: 'openid email profile',
    onUnauthenticatedRequest,
    next,
    // The construct would open the group itself, to addresses that it cannot name.
    allowHttpsOutbound: false,
  });
}

function refusePlainHttp(loadBalancer: ApplicationLoadBalancer): void {
  const listener = loadBalancer.addListener('PlainHttp', {
    port: 80,
    open: false,
    defaultAction: ListenerAction.fixedResponse(400, {
      contentType: 'application/json',
      messageBody: JSON.stringify(HTTPS_ONLY),
    }),
  });
  listener.addAction('LeadBrowsersOn', {
    priority: 10,
    conditions: [ListenerCondition.pathPatterns(DASHBOARD_PATHS), ListenerCondition.httpRequestMethods(['GET'])],
    action: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
  });
}
