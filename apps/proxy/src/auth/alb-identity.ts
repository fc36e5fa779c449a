import type { IncomingHttpHeaders } from 'node:http';
import { AlbJwtVerifier } from 'aws-jwt-verify';
import { AlbJwksCache } from 'aws-jwt-verify/alb-cache';
import { ConfigError } from '../config/read-config.js';
import type { AlbConfig } from './alb.config.js';

/** The only one of the three headers that the load balancer signs. A client could forge the others. */
const SIGNED_HEADER = 'x-amzn-oidc-data';
/** Claims have at most 11 KB; a longer header is refused. */
const MAX_HEADER_LENGTH = 16 * 1024;
const KEY_PATIENCE_MS = 3_000;

/** The person who has signed in at the load balancer. */
export interface SignedIn {
  readonly subject: string;
  readonly email?: string;
  /** Values of the claims `ALB_GROUPS_CLAIM` and `ALB_TEAM_CLAIM`. */
  readonly groups?: readonly string[];
  readonly team?: string;
}

type IdentityConfig = Pick<AlbConfig, 'loadBalancerArn' | 'issuer' | 'clientId'> &
  Partial<Pick<AlbConfig, 'groupsClaim' | 'teamClaim' | 'keysUrl'>>;
type Verify = (token: string) => Promise<Record<string, unknown>>;

/** Verifies the load balancer's statement about a person: signature, ARN, client, issuer and time must be valid. */
export class AlbIdentity {
  private readonly verify: Verify | undefined;

  constructor(private readonly config: IdentityConfig) {
    this.verify = verifierOf(config);
  }

  /** Undefined without a sign-in, and without a configured load balancer. Never throws. */
  async signedIn(headers: IncomingHttpHeaders): Promise<SignedIn | undefined> {
    const token = headers[SIGNED_HEADER];
    if (!this.verify || typeof token !== 'string' || token.length > MAX_HEADER_LENGTH) return undefined;
    try {
      const claims = await this.verify(token);
      const { sub: subject, email } = claims;
      if (typeof subject !== 'string') return undefined;
      const [team] = textsOf(claims, this.config.teamClaim);
      const groups = textsOf(claims, this.config.groupsClaim);
      return {
        subject,
        ...(typeof email === 'string' && { email }),
        ...(groups.length > 0 && { groups }),
        ...(team !== undefined && { team }),
      };
    } catch {
      // Forged, expired, from another load balancer, or keys unavailable: the caller handles all cases alike.
      return undefined;
    }
  }
}

/** @throws ConfigError for incomplete settings: a half configured check must not look active */
function verifierOf({ loadBalancerArn, issuer, clientId, keysUrl }: IdentityConfig): Verify | undefined {
  if (!loadBalancerArn && !issuer && !clientId) return undefined;
  if (!loadBalancerArn || !issuer || !clientId)
    throw new ConfigError(['ALB_ARN, ALB_OIDC_ISSUER and ALB_OIDC_CLIENT_ID go together: set all three, or none.']);
  const verifier = AlbJwtVerifier.create(
    { albArn: loadBalancerArn, issuer, clientId, ...(keysUrl && { jwksUri: keysUrl.href.replace(/\/$/, '') }) },
    { jwksCache: new AlbJwksCache({ fetcher: { fetch: fetchKey } }) },
  );
  return (token) => verifier.verify(token);
}

/** A claim is a text, a list, or texts separated by commas, by the identity provider. */
function textsOf(claims: Record<string, unknown>, name: string | undefined): string[] {
  const value = name === undefined ? undefined : claims[name];
  const values: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  return values.filter((text) => typeof text === 'string').map((text) => text.trim());
}

async function fetchKey(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(KEY_PATIENCE_MS), redirect: 'error' });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.arrayBuffer();
}
