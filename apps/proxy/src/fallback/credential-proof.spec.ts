import { describe, expect, it } from '@jest/globals';
import { proofOf } from './credential-proof.js';

const JSON_TYPE = ['Content-Type', 'application/json'];
const EXCHANGE = ['x-claude-proxy-exchange', 'exc_1'];

describe('a credential is', () => {
  it.each<[number, string[]]>([
    [200, []],
    [200, [...EXCHANGE, 'x-claude-proxy-upstream', 'anthropic']],
    [429, ['anthropic-ratelimit-unified-status', 'rejected']],
    [429, ['Anthropic-RateLimit-Tokens-Remaining', '0']],
    [429, [...JSON_TYPE, 'Retry-After', '7']],
    [429, ['content-type', 'application/json; charset=utf-8', 'retry-after-ms', '7000']],
    [400, ['request-id', 'req_1']],
    [402, ['request-id', 'req_1']],
  ])('accepted by %i with %j', (status, headers) => {
    expect(proofOf({ status, headers })).toBe('accepted');
  });

  it.each([401, 403])('refused by %i', (status) => {
    expect(proofOf({ status, headers: ['request-id', 'req_1', 'retry-after', '7'] })).toBe('refused');
  });

  it.each<[number, string[]]>([
    [429, []],
    [429, JSON_TYPE],
    [429, ['content-type', 'text/html', 'retry-after', '7']],
    [429, [...JSON_TYPE, ...EXCHANGE, 'retry-after', '7']],
    [200, EXCHANGE],
    [400, JSON_TYPE],
    [302, []],
    [404, ['request-id', 'req_1']],
    [413, ['request-id', 'req_1']],
    [500, ['request-id', 'req_1']],
    [503, ['request-id', 'req_1']],
    [529, ['request-id', 'req_1']],
  ])('neither by %i with %j', (status, headers) => {
    expect(proofOf({ status, headers })).toBeUndefined();
  });
});
