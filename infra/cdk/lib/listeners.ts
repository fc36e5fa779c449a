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

/** An OpenID Connect provider that protects the dashboard. Its callback is `https://<name>/oauth2/idpresponse`. */
export interface SignIn {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly clientId: string;
  /** ARN of the Secrets Manager secret whose whole value is the client's secret. */
  readonly clientSecretArn: string;
}

export interface ListenerProps {
  readonly certificateArn?: string;
  readonly signIn?: SignIn;
}

const DASHBOARD_PATHS = ['/ui', '/ui/*'];
/** Claude Code warms up its connection here. All other paths below `/api` are for operators. */
const WARM_UP_PATHS = ['/api/hello'];
const ADMIN_PATHS = ['/api/*'];

const HTTPS_ONLY = {
  type: 'error',
  error: {
    type: 'invalid_request_error',
    message:
      'This gateway speaks HTTPS only. Change http:// to https:// in the base URL, and replace the credential that was just sent unencrypted.',
  },
};

/**
 * With a certificate: HTTPS, and a refusal on port 80. A redirect there would drop bodies, and would hide that every
 * request is first sent unencrypted. Only a browser on its way to the dashboard is redirected.
 *
 * The listener of port 80 has one id with and without a certificate: CloudFormation creates before it deletes, and two
 * listeners cannot have one port, so a second id would make the update fail and roll back.
 */
export function openListeners(
  loadBalancer: ApplicationLoadBalancer,
  tasks: ApplicationTargetGroup,
  { certificateArn, signIn }: ListenerProps,
): void {
  const forward = ListenerAction.forward([tasks]);
  if (!certificateArn) {
    openPort80(loadBalancer, forward);
    return;
  }
  const listener = loadBalancer.addListener('Https', {
    port: 443,
    open: false,
    certificates: [{ certificateArn }],
    sslPolicy: SslPolicy.TLS13_12_RES_PQ,
    defaultAction: forward,
  });
  if (signIn) demandSignIn(listener, tasks, signIn);
  refusePlainHttp(loadBalancer);
}

function openPort80(loadBalancer: ApplicationLoadBalancer, defaultAction: ListenerAction): ApplicationListener {
  return loadBalancer.addListener('PlainHttp', { port: 80, open: false, defaultAction });
}

/** Programs send the admin token, which the application checks. People sign in. Never for `/v1`. */
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
  // A script cannot follow a redirect to a sign-in page. After a 401 the dashboard reloads itself.
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
    // The construct would open the group itself, to addresses that it does not have.
    allowHttpsOutbound: false,
  });
}

function refusePlainHttp(loadBalancer: ApplicationLoadBalancer): void {
  const refusal = ListenerAction.fixedResponse(400, {
    contentType: 'application/json',
    messageBody: JSON.stringify(HTTPS_ONLY),
  });
  const listener = openPort80(loadBalancer, refusal);
  listener.addAction('LeadBrowsersOn', {
    priority: 10,
    conditions: [ListenerCondition.pathPatterns(DASHBOARD_PATHS), ListenerCondition.httpRequestMethods(['GET'])],
    action: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
  });
}
