import { expectNoSecrets } from './open-settings.ts';
import { DRAIN_TIMEOUT } from './times.ts';

/** The container's environment without secrets. `test/deploy/cdk-names.test.ts` checks the names against the application. */
export interface ContainerEnvironmentProps {
  readonly region: string;
  /** Address ranges of the load balancer: the application trusts `x-forwarded-for` from there. */
  readonly trustedProxies: readonly string[];
  readonly clientAuth: string;
  readonly probeMinutes: number;
  readonly port: number;
  readonly memoryMib: number;
  readonly tables: Readonly<Record<string, string>>;
  readonly bedrockProfile: string;
  readonly signIn?: { readonly issuer: string; readonly clientId: string; readonly loadBalancerArn: string };
  /** Additional settings of the application, by variable. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * The same share as in the image. V8 lets buffers grow as far as the heap (apps/proxy/src/server/external-memory.ts):
 * with bodies of 31 MB, a container of 1 GB used 993 MB with five eighths and 849 MB with two fifths.
 */
const HEAP_SHARE = 0.4;

/** A new task gets its share of all streams at once. */
const WARM_UP_REQUESTS = 300;

/** @throws Error if a setting would expose a secret */
export function containerEnvironment(props: ContainerEnvironmentProps): Record<string, string> {
  const { settings = {}, signIn } = props;
  expectNoSecrets(settings);
  return {
    HOST: '0.0.0.0',
    PORT: String(props.port),
    TRUST_PROXY: props.trustedProxies.join(),
    CLIENT_AUTH: props.clientAuth,
    FALLBACK_PROBE_MINUTES: String(props.probeMinutes),
    DRAIN_TIMEOUT_SECONDS: String(DRAIN_TIMEOUT.toSeconds()),
    WARM_UP_REQUESTS: String(WARM_UP_REQUESTS),
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
    NODE_OPTIONS: `--max-old-space-size=${Math.floor(props.memoryMib * HEAP_SHARE)}`,
    ...settings,
  };
}
