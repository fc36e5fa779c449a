import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { encoded, startLoadBalancer } from '../../../../test/support/start-load-balancer.js';
import { AlbIdentity } from './alb-identity.js';

const balancer = await startLoadBalancer();
const { token, state } = balancer;
const CONFIG = {
  loadBalancerArn: balancer.arn,
  issuer: balancer.issuer,
  clientId: balancer.client,
  keysUrl: new URL(balancer.keysUrl),
};
const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

beforeEach(() => {
  state.asked = [];
  state.keysStatus = 200;
});
afterAll(() => void balancer.close());

describe('AlbIdentity', () => {
  it('returns the person who has signed in at the load balancer', async () => {
    const identity = new AlbIdentity(CONFIG);
    expect(await identity.signedIn({ 'x-amzn-oidc-data': token() })).toEqual({ subject: 'u1', email: 'a@example.com' });
    expect(state.asked).toEqual([`/${balancer.kid}`]);
  });

  it('loads a key once', async () => {
    const identity = new AlbIdentity(CONFIG);
    await Promise.all([token(), token(), token()].map((data) => identity.signedIn({ 'x-amzn-oidc-data': data })));
    await identity.signedIn({ 'x-amzn-oidc-data': token() });
    expect(state.asked).toHaveLength(1);
  });

  it.each([
    ['another load balancer', token({ header: { signer: balancer.arn.replace('proxy', 'other') } })],
    ['another client', token({ header: { client: 'somebody-else' } })],
    ['another issuer', token({ payload: { iss: 'https://evil.example.com' } })],
    ['a session that is over', token({ payload: { exp: secondsFromNow(-60) } })],
    ['a key of their own', token({ key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey })],
    [
      'a payload changed afterwards',
      token().replace(/\.[^.]+\./, `.${encoded({ sub: 'root', exp: secondsFromNow(60) })}.`),
    ],
    ['no signature', token({ header: { alg: 'none' } })],
    ['no subject', token({ payload: { sub: undefined } })],
    ['no token at all', 'nonsense'],
    ['a header without end', `${token()}${'x'.repeat(20_000)}`],
  ])('accepts no identity with %s', async (_what, data) => {
    expect(await new AlbIdentity(CONFIG).signedIn({ 'x-amzn-oidc-data': data })).toBeUndefined();
  });

  it('accepts no identity while keys cannot be loaded, and loads them again', async () => {
    const identity = new AlbIdentity(CONFIG);
    state.keysStatus = 503;
    expect(await identity.signedIn({ 'x-amzn-oidc-data': token() })).toBeUndefined();
    state.keysStatus = 200;
    expect(await identity.signedIn({ 'x-amzn-oidc-data': token() })).toBeDefined();
  });

  it('ignores headers without a signature', async () => {
    const identity = new AlbIdentity(CONFIG);
    expect(
      await identity.signedIn({ 'x-amzn-oidc-identity': 'u1', 'x-amzn-oidc-accesstoken': token() }),
    ).toBeUndefined();
    expect(state.asked).toEqual([]);
  });

  it('ignores all headers without a configured load balancer', async () => {
    const identity = new AlbIdentity({ loadBalancerArn: undefined, issuer: undefined, clientId: undefined });
    expect(await identity.signedIn({ 'x-amzn-oidc-data': token() })).toBeUndefined();
  });

  it('refuses an incomplete configuration', () => {
    expect(() => new AlbIdentity({ ...CONFIG, issuer: undefined })).toThrow(/ALB_OIDC_ISSUER/);
  });
});
