import { describe, expect, it } from '@jest/globals';
import { answerHeadersFor, requestHeadersFor } from './forwarded-headers.js';

describe('requestHeadersFor', () => {
  it('keeps end-to-end headers in order, spelling and repetition', () => {
    const lines = ['Anthropic-Beta', 'a', 'X-Stainless-OS', 'Linux', 'anthropic-beta', 'b', 'User-Agent', 'x'];
    expect(requestHeadersFor(lines)).toEqual(lines);
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
  ])('leaves out %s', (name) => {
    expect(requestHeadersFor([name, 'x', 'accept', '*/*'])).toEqual(['accept', '*/*']);
  });

  it('leaves out what Connection names', () => {
    expect(requestHeadersFor(['Connection', 'close, X-Secret-Hop', 'x-secret-hop', '1', 'x-kept', '2'])).toEqual([
      'x-kept',
      '2',
    ]);
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
});
