import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const LOAD_BALANCER = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/proxy/0123456789abcdef';
const ISSUER = 'https://login.example.com';
const CLIENT = 'claude-proxy';
const LIFE_SECONDS = 120;

export interface TokenParts {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
}

/** What an AWS load balancer does for a person who has signed in: it signs claims, and publishes its key. */
export async function startLoadBalancer() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomUUID();
  const state = { keysStatus: 200, asked: [] as string[] };
  const keys = createServer((request, response) => {
    state.asked.push(request.url ?? '');
    response.writeHead(state.keysStatus).end(publicKey.export({ type: 'spki', format: 'pem' }));
  }).listen(0, '127.0.0.1');
  await once(keys, 'listening');
  const keysUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}`;
  return {
    arn: LOAD_BALANCER,
    issuer: ISSUER,
    client: CLIENT,
    kid,
    keysUrl,
    state,
    /** For a gateway behind it. */
    environment: {
      ALB_ARN: LOAD_BALANCER,
      ALB_OIDC_ISSUER: ISSUER,
      ALB_OIDC_CLIENT_ID: CLIENT,
      ALB_PUBLIC_KEYS_URL: keysUrl,
    },
    token: ({ key = privateKey, ...parts }: TokenParts = {}) => signedToken({ ...parts, key, kid }),
    close: () => keys.close(),
  };
}

/** ES256, and base64url with padding, as load balancers write it. */
function signedToken({ header, payload, key, kid }: TokenParts & { readonly key: KeyObject; readonly kid: string }) {
  const exp = Math.floor(Date.now() / 1_000) + LIFE_SECONDS;
  const claims = { sub: 'u1', email: 'a@example.com', iss: ISSUER, exp };
  const head = { alg: 'ES256', typ: 'JWT', kid, signer: LOAD_BALANCER, client: CLIENT, iss: ISSUER, exp };
  const signed = `${encoded({ ...head, ...header })}.${encoded({ ...claims, ...payload })}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${padded(signature)}`;
}

export function encoded(value: unknown): string {
  return padded(Buffer.from(JSON.stringify(value)));
}

function padded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
