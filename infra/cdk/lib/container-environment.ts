import { DRAIN_TIMEOUT } from './times.ts';

/** What the container of the application is told openly. Names are the application's own; `test/names.spec.ts` checks. */
export interface ContainerEnvironmentProps {
  readonly region: string;
  /** Range of the network: `x-forwarded-for` is believed when it comes from there. */
  readonly trustedProxies: string;
  readonly port: number;
  readonly memoryMib: number;
  readonly tables: Readonly<Record<string, string>>;
  readonly bedrockProfile: string;
  readonly signIn?: { readonly issuer: string; readonly clientId: string; readonly loadBalancerArn: string };
  /** Further settings of the application by variable. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * As the image takes by itself. V8 lets buffers grow as far as the heap may (apps/proxy/src/server/external-memory.ts): under
 * bodies of 31 MB a container of 1 GB came to 993 MB with five eighths, to 849 with two fifths.
 */
const HEAP_SHARE = 0.4;
const SECRET_NAME = /(KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS)S?$/;

/** @throws Error where a setting would put a secret in the clear */
export function containerEnvironment(props: ContainerEnvironmentProps): Record<string, string> {
  const { settings = {}, signIn } = props;
  const exposed = Object.keys(settings).find((name) => SECRET_NAME.test(name) && name !== 'PLACEHOLDER_CREDENTIALS');
  if (exposed)
    throw new Error(`"settings" would show ${exposed} to everybody who may read the task definition; use a secret.`);
  return {
    HOST: '0.0.0.0',
    PORT: String(props.port),
    TRUST_PROXY: props.trustedProxies,
    DRAIN_TIMEOUT_SECONDS: String(DRAIN_TIMEOUT.toSeconds()),
    LOG_FORMAT: 'json',
    STATE_STORE: 'dynamodb',
    AWS_REGION: props.region,
    BEDROCK_PROFILE: props.bedrockProfile,
    ...props.tables,
    ...(signIn && {
      ALB_ARN: signIn.loadBalancerArn,
      ALB_OIDC_ISSUER: signIn.issuer,
      ALB_OIDC_CLIENT_ID: signIn.clientId,
    }),
    NODE_OPTIONS: `--max-old-space-size=${Math.floor(props.memoryMib * HEAP_SHARE)} --max-semi-space-size=8 --disable-warning=ExperimentalWarning`,
    ...settings,
  };
}
