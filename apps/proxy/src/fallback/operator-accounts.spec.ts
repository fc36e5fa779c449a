import type { Credential, CredentialDemand, CredentialSource, UpstreamRequest } from '@claude-proxy/upstream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Exchange } from '../exchange/exchange.js';
import { OperatorCredentials } from '../exchange/operator-credentials.js';
import type { DrilledChain } from './drills/drilled-chain.js';
import type { FallbackConfig } from './fallback.config.js';
import { OperatorAccounts } from './operator-accounts.js';

const CREDENTIAL: Credential = {
  ...{ header: 'x-api-key', value: 'sk-ant-test', fingerprint: 'f', digest: 'd', source: 'operator' },
};
const REQUEST: UpstreamRequest = {
  ...{ operation: 'messages', path: '/v1/messages', headers: [], body: Buffer.alloc(0), model: 'claude-opus-5-5' },
  ...{ isStream: false, user: 'alice', json: () => ({}) },
};

/** Calls of `accepts` of the fallback upstream. */
let asked = 0;
beforeEach(() => {
  asked = 0;
});

function demandOf({ isEnabled = true, accepts = true, boundAccount }: Partial<Record<string, unknown>> = {}) {
  let made: CredentialDemand | undefined;
  const operators = new OperatorCredentials();
  const walk = (demand: CredentialDemand) => {
    made = demand;
    return undefined;
  };
  operators.provide({ walk } as unknown as CredentialSource);
  const first = { isFirstChoice: true, provider: { limitGroup: () => 'opus', accepts: () => ({ accepted: true }) } };
  const fallback = {
    isFirstChoice: false,
    provider: {
      accepts() {
        asked += 1;
        return { accepted: accepts, reason: 'no such model' };
      },
    },
  };
  const chain = { upstreams: [first, fallback] } as unknown as DrilledChain;
  const config = { isEnabled, maxRetryWaitSeconds: 10 } as FallbackConfig;
  const exchange = new Exchange('alice', 'messages', '/v1/messages');
  new OperatorAccounts(chain, operators, config).walkFor(REQUEST, {
    ...{ credential: CREDENTIAL, signal: new AbortController().signal, exchange },
    ...(typeof boundAccount === 'string' && { boundAccount }),
  });
  return made!;
}

describe('OperatorAccounts', () => {
  it('checks whether a fallback accepts the request only when the walk reads it', () => {
    const demand = demandOf();
    expect(asked).toBe(0);
    expect(demand.hasFallback).toBe(true);
    expect(asked).toBe(1);
  });

  it.each([
    ['the fallback does not accept the request', { accepts: false }, 1],
    ['the fallback is off', { isEnabled: false }, 0],
    ['the request names objects of an account', { boundAccount: 'acc_1' }, 0],
  ])('has no fallback if %s', (_, options, times) => {
    expect(demandOf(options).hasFallback).toBe(false);
    expect(asked).toBe(times);
  });
});
