import { describe, expect, it } from '@jest/globals';
import { foreignOriginOf, isForeignHost, isGuardedFromPages } from './foreign-page.js';

const page = (headers: Record<string, string>, host = 'gateway.example.com') => ({
  method: 'POST',
  route: '/v1/messages',
  headers,
  host,
});

describe('foreignOriginOf', () => {
  it.each([
    ['a program', {}],
    ['an address typed by hand', { 'sec-fetch-site': 'none' }],
    ['a page of the gateway', { origin: 'https://gateway.example.com', 'sec-fetch-site': 'same-origin' }],
    ['a page of the gateway, over http', { origin: 'http://gateway.example.com' }],
    [
      'a page of the gateway under a name that a proxy has replaced',
      { origin: 'https://x.y', 'sec-fetch-site': 'same-origin' },
    ],
  ])('is undefined for %s', (_who, headers) => {
    expect(foreignOriginOf(page(headers))).toBeUndefined();
  });

  it.each([
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 'https://evil.example'],
    [{ origin: 'https://gateway.example.com.evil.example' }, 'https://gateway.example.com.evil.example'],
    [{ origin: 'https://gateway.example.com:8443' }, 'https://gateway.example.com:8443'],
    [{ origin: 'null', 'sec-fetch-site': 'cross-site' }, 'null'],
    [{ origin: '' }, ''],
    [{ origin: 'chrome-extension://abc' }, 'chrome-extension://abc'],
    [{ 'sec-fetch-site': 'cross-site' }, 'cross-site'],
    [{ 'sec-fetch-site': 'same-site' }, 'same-site'],
  ])('is what the browser says: %j', (headers, origin) => {
    expect(foreignOriginOf(page(headers))).toBe(origin);
  });

  it('takes a default port for none', () => {
    expect(foreignOriginOf(page({ origin: 'https://gateway.example.com' }, 'gateway.example.com:443'))).toBeUndefined();
  });
});

describe('isGuardedFromPages', () => {
  it.each([
    ['POST', '/v1/messages', true],
    ['GET', '/v1/models', true],
    ['GET', '/user/:user_id/v1/files/*', true],
    ['DELETE', '/api/limits/:user', true],
    ['POST', '/api/session', true],
    ['GET', '/api/limits', false],
    ['GET', '/ui/*', false],
    ['HEAD', '/', false],
    ['OPTIONS', '/v1/messages', false],
  ])('%s %s: %s', (method, route, isGuarded) => {
    expect(isGuardedFromPages({ method, route, headers: {}, host: undefined })).toBe(isGuarded);
  });
});

describe('isForeignHost', () => {
  it.each([
    ['localhost:8080', false],
    ['LOCALHOST.', false],
    ['api.localhost:8080', false],
    ['127.0.0.1:8080', false],
    ['127.1.2.3', false],
    ['[::1]:8080', false],
    ['192.168.1.5:8080', false],
    ['gateway:8080', false],
    ['host.docker.internal:8080', false],
    ['evil.example:8080', true],
    ['localhost.evil.example', true],
    ['127.0.0.1.evil.example:8080', true],
    ['evil.example.', true],
    ['a@b.c', true],
  ])('%s on loopback: %s', (host, isForeign) => {
    expect(isForeignHost('127.0.0.1', host, ['host.docker.internal'])).toBe(isForeign);
    expect(isForeignHost('::ffff:127.0.0.1', host, ['host.docker.internal'])).toBe(isForeign);
    expect(isForeignHost('10.0.0.5', host, [])).toBe(false);
    expect(isForeignHost('::1', host, ['*'])).toBe(false);
  });
});
