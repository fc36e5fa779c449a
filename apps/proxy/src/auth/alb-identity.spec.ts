import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AlbIdentity } from './alb-identity.js';

const LOAD_BALANCER = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/proxy/0123456789abcdef';
const CONFIG = { loadBalancerArn: LOAD_BALANCER, issuer: 'https://login.example.com', clientId: 'claude-proxy' };
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const kid = randomUUID();

let keys: Server;
let keysUrl: string;
let asked: string[] = [];
let keysStatus = 200;

beforeAll(async () => {
  keys = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(keysStatus).end(publicKey.export({ type: 'spki', format: 'pem' }));
  }).listen(0, '127.0.0.1');
  await once(keys, 'listening');
  keysUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}`;
});

beforeEach(() => {
  asked = [];
  keysStatus = 200;
});

afterAll(() => {
  keys.close();
});

describe('AlbIdentity', () => {
  it('returns the person who has signed in at the load balancer', async () => {
    const identity = new AlbIdentity(CONFIG, keysUrl);
    expect(await identity.signedIn({ 'x-amzn-oidc-data': token() })).toEqual({ subject: 'u1', email: 'a@example.com' });
    expect(asked).toEqual([`/${kid}`]);
  });

  it('loads a key once', async () => {
    const identity = new AlbIdentity(CONFIG, keysUrl);
    await Promise.all([token(), token(), token()].map((data) => identity.signedIn({ 'x-amzn-oidc-data': data })));
    await identity.signedIn({ 'x-amzn-oidc-data': token() });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['another load balancer', token({ header: { signer: LOAD_BALANCER.replace('proxy', 'other') } })],
    ['another client', token({ header: { client: 'somebody-else' } })],
    ['another issuer', token({ payload: { iss: 'https://evil.example.com' } })],
    ['a session that is over', token({ payload: { exp: seconds() - 60 } })],
    ['a key of their own', token({ key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey })],
    [
      'a payload changed afterwards',
      token().replace(/\.[^.]+\./, `.${encoded({ sub: 'root', exp: seconds() + 60 })}.`),
    ],
    ['no signature', token({ header: { alg: 'none' } })],
    ['no subject', token({ payload: { sub: undefined } })],
    ['no token at all', 'nonsense'],
    ['a header without end', `${token()}${'x'.repeat(20_000)}`],
  ])('accepts no identity with %s', async (_what, data) => {
    expect(await new AlbIdentity(CONFIG, keysUrl).signedIn({ 'x-amzn-oidc-data': data })).toBeUndefined();
  });

  it('accepts no identity while keys cannot be loaded, and loads them again', async () => {
    const identity = new AlbIdentity(CONFIG, keysUrl);
    keysStatus = 503;
    expect(await identity.signedIn({ 'x-amzn-oidc-data': token() })).toBeUndefined();
    keysStatus = 200;
    expect(await identity.signedIn({ 'x-amzn-oidc-data': token() })).toBeDefined();
  });

  it('ignores headers without a signature', async () => {
    const identity = new AlbIdentity(CONFIG, keysUrl);
    expect(
      await identity.signedIn({ 'x-amzn-oidc-identity': 'u1', 'x-amzn-oidc-accesstoken': token() }),
    ).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('ignores all headers without a configured load balancer', async () => {
    const identity = new AlbIdentity({ loadBalancerArn: undefined, issuer: undefined, clientId: undefined }, keysUrl);
    expect(await identity.signedIn({ 'x-amzn-oidc-data': token() })).toBeUndefined();
  });

  it('refuses an incomplete configuration', () => {
    expect(() => new AlbIdentity({ ...CONFIG, issuer: undefined })).toThrow(/ALB_OIDC_ISSUER/);
  });
});

interface TokenParts {
  readonly header?: Record<string, unknown>;
  readonly payload?: Record<string, unknown>;
  readonly key?: KeyObject;
}

/** Tokens in the load balancer's format: ES256, and base64url with padding. */
function token({ header, payload, key = privateKey }: TokenParts = {}): string {
  const exp = seconds() + 120;
  const claims = { sub: 'u1', email: 'a@example.com', iss: CONFIG.issuer, exp };
  const head = {
    alg: 'ES256',
    typ: 'JWT',
    kid,
    signer: LOAD_BALANCER,
    client: CONFIG.clientId,
    iss: CONFIG.issuer,
    exp,
  };
  const signed = `${encoded({ ...head, ...header })}.${encoded({ ...claims, ...payload })}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${padded(signature)}`;
}

function encoded(value: unknown): string {
  return padded(Buffer.from(JSON.stringify(value)));
}

function padded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function seconds(): number {
  return Math.floor(Date.now() / 1_000);
}
