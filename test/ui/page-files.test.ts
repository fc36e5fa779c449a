import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({ ADMIN_TOKEN: 'admin-token-of-the-test' });
}, 60_000);
afterAll(() => gateway.close());

describe('the files of the page', () => {
  const get = (path: string, init: RequestInit = {}) => fetch(`${gateway.url}${path}`, { redirect: 'manual', ...init });

  it('are reached by a redirect that works behind a path prefix', async () => {
    const response = await get('/ui');
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe('ui/');
  });

  it.each(['GET', 'HEAD'])('are reached from the root path, by %s', async (method) => {
    const response = await get('/', { method });
    expect([response.status, response.headers.get('location'), await response.text()]).toEqual([307, 'ui/', '']);
    expect((await get('/', { method: 'POST' })).status).toBe(405);
  });

  it('need no token, contain no inline script, and have a strict content security policy', async () => {
    const response = await get('/ui/');
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:\/\//);
    expect([...html.matchAll(/(?:src|href)="([^"]+)"/g)].every(([, url]) => url!.startsWith('./'))).toBe(true);
  });

  it('are cached forever if their name depends on their content, and revalidated otherwise', async () => {
    const html = await (await get('/ui/')).text();
    const script = /src="\.\/([^"]+)"/.exec(html)![1];
    const asset = await get(`/ui/${script}`);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(asset.headers.get('content-encoding')).toBe('gzip');
    const etag = (await get('/ui/')).headers.get('etag')!;
    const again = await get('/ui/', { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('answer HEAD as GET, without the body', async () => {
    const head = await get('/ui/', { method: 'HEAD', headers: { 'accept-encoding': 'identity' } });
    const whole = await get('/ui/', { headers: { 'accept-encoding': 'identity' } });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String((await whole.arrayBuffer()).byteLength));
    expect(await head.text()).toBe('');
  });

  it.each(['/ui/nothing.js', '/ui/..%2f..%2fpackage.json', '/ui/assets/', '/ui/%00'])(
    'are only those of the build: %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );
});
