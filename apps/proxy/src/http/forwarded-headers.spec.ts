import { describe, expect, it } from '@jest/globals';
import { answerHeadersFor, requestHeadersFor } from './forwarded-headers.js';

const NO_FURTHER = { forwardedHeaders: [] };

describe('requestHeadersFor', () => {
  it('keeps what clients send, in order, spelling and repetition', () => {
    const lines = ['Anthropic-Beta', 'a', 'X-Stainless-OS', 'Linux', 'anthropic-beta', 'b', 'User-Agent', 'x'];
    expect(requestHeadersFor(lines, NO_FURTHER)).toEqual(lines);
  });

  it.each(['anthropic-request-tags', 'X-Claude-Code-Agent-Id', 'x-stainless-of-tomorrow', 'x-anthropic-additional'])(
    'keeps %s, a member of an open family',
    (name) => {
      expect(requestHeadersFor([name, '1'], NO_FURTHER)).toEqual([name, '1']);
    },
  );

  it('keeps what an operator adds, but no credential and no header of one hop', () => {
    const forwardedHeaders = ['x-team', 'x-api-key', 'cookie', 'te', 'x-claude-proxy-drill'];
    const lines = ['X-Team', 'a', 'x-api-key', 'k', 'Cookie', 'c', 'TE', 'trailers', 'x-claude-proxy-drill', '1'];
    expect(requestHeadersFor(lines, { forwardedHeaders })).toEqual(['X-Team', 'a']);
  });

  it.each([
    'Host',
    'Connection',
    'Keep-Alive',
    'Transfer-Encoding',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
    'Proxy-Authorization',
    'Proxy-Connection',
    'Content-Length',
    'X-Api-Key',
    'Authorization',
    'Cookie',
    'X-Admin-Token',
    'X-Claude-Proxy-Drill',
    ...['Origin', 'Referer', 'Sec-Fetch-Mode', 'sec-ch-ua', 'Accept-Language', 'DNT', 'Priority', 'Cache-Control'],
    ...['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'Via', 'CF-Connecting-IP', 'CDN-Loop', 'True-Client-IP'],
    ...['X-Amzn-Trace-Id', 'x-amzn-oidc-data', 'X-Envoy-Attempt-Count', 'X-Request-ID', 'X-Client-Ip', 'X-Team'],
  ])('leaves out %s', (name) => {
    expect(requestHeadersFor([name, 'x', 'accept', '*/*'], NO_FURTHER)).toEqual(['accept', '*/*']);
  });

  it('leaves out what Connection names', () => {
    const lines = ['Connection', 'close, Anthropic-Hop', 'anthropic-hop', '1', 'x-app', '2'];
    expect(requestHeadersFor(lines, NO_FURTHER)).toEqual(['x-app', '2']);
  });
});

describe('answerHeadersFor', () => {
  it('keeps what clients act on', () => {
    const lines = [
      'request-id',
      'req_1',
      'anthropic-ratelimit-tokens-remaining',
      '0',
      'retry-after',
      '7',
      'x-should-retry',
      'true',
      'Content-Encoding',
      'gzip',
      'content-length',
      '5',
    ];
    expect(answerHeadersFor(lines)).toEqual(lines);
  });

  it('leaves out hop-by-hop headers, cookies, and headers that claim to be ours', () => {
    const lines = [
      'Transfer-Encoding',
      'chunked',
      'connection',
      'x-hop',
      'X-Hop',
      '1',
      'set-cookie',
      'a=b',
      'x-claude-proxy-upstream',
      'other',
    ];
    expect(answerHeadersFor(lines)).toEqual([]);
  });

  it.each([
    ...['Set-Cookie', 'alt-svc', 'Server', 'Via', 'CF-RAY', 'cf-cache-status', 'Strict-Transport-Security', 'NEL'],
    ...['X-Envoy-Upstream-Service-Time', 'X-Amz-Cf-Id', 'X-Cache', 'Access-Control-Allow-Origin', 'Clear-Site-Data'],
  ])('leaves out %s of the way to the upstream', (name) => {
    expect(answerHeadersFor([name, 'x', 'request-id', 'req_1'])).toEqual(['request-id', 'req_1']);
  });

  it.each(['x-amzn-requestid', 'anthropic-of-tomorrow', 'Server-Timing', 'x-of-tomorrow'])('keeps %s', (name) => {
    expect(answerHeadersFor([name, 'x'])).toEqual([name, 'x']);
  });
});
