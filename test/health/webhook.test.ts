import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OperatorEvents } from '../../apps/proxy/src/exchange/operator-events.js';
import { adminApi } from '../support/admin-api.js';
import { eventually } from '../support/recorded.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const SECRET = 'whsec-hush';
const posts: { headers: IncomingMessage['headers']; path: string; body: string }[] = [];
/** Statuses of the next answers; then 204. */
let statuses: number[] = [];
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await Array.fromAsync(request)).toString();
  posts.push({ headers: request.headers, path: request.url!, body });
  const status = statuses.shift() ?? 204;
  response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end();
});

let gateway: RunningGateway;
const admin = adminApi(() => gateway);
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=hush-url`;
  gateway = await startGateway({ WEBHOOK_URL: url, WEBHOOK_SECRET: SECRET, FALLBACK_CHAIN: 'anthropic' });
});
afterAll(async () => {
  await gateway.close();
  server.closeAllConnections();
  server.close();
});

const report = (occurrence: string) =>
  gateway.app.get(OperatorEvents).report({
    type: 'key.revoked',
    subject: `key:${occurrence}`,
    text: 'A key was revoked.',
    details: {},
    occurrence,
  });
const postsAbout = (occurrence: string) => posts.filter(({ body }) => body.includes(`"key:${occurrence}"`));
const received = (occurrence: string, count: number) =>
  eventually(
    async () => postsAbout(occurrence),
    ({ length }) => length >= count,
  );

describe('an event', () => {
  it('is that of a drill that begins', async () => {
    await admin.post('/api/drills', { user: 'alice', seconds: 1, share: 0.5 });
    const [post] = await eventually(
      async () => posts.filter(({ body }) => body.includes('"drill.started"')),
      ({ length }) => length > 0,
    );
    const text = 'A drill hits 50 % of the requests of the user alice for 1 s.';
    expect(JSON.parse(post!.body)).toMatchObject({ type: 'drill.started', subject: 'user:alice', text });
  });

  it('is posted once, with a signature that the documented function accepts', async () => {
    report('first');
    report('first');
    report('after');
    await received('after', 1);
    const [post, ...others] = await received('first', 1);
    expect(others).toEqual([]);
    const page = readFileSync(new URL('../../docs/webhook.md', import.meta.url), 'utf8');
    const snippet = /```js\n([\s\S]+?)```/.exec(page)![1]!;
    const { isFromGateway } = await import(`data:text/javascript,${encodeURIComponent(snippet)}`);
    const { body, headers } = post!;
    const signature = headers['x-claude-proxy-signature'];
    expect(headers['x-claude-proxy-event']).toBe(JSON.parse(body).id);
    expect([
      isFromGateway(body, signature, SECRET),
      isFromGateway(`${body} `, signature, SECRET),
      isFromGateway(body, signature, 'other'),
      isFromGateway(body, signature, SECRET, Date.now() + 600_000),
      isFromGateway(body, undefined, SECRET),
    ]).toEqual([true, false, false, false, false]);
  });

  it('is sent again after a 503', async () => {
    statuses = [503];
    report('again');
    expect(await received('again', 2)).toHaveLength(2);
  });

  it('is lost after a redirect, which is not followed, and counted', async () => {
    statuses = [307];
    report('moved');
    await received('moved', 1);
    report('next');
    await received('next', 1);
    expect(posts.filter(({ path }) => path === '/elsewhere')).toEqual([]);
    const lost = /^claude_proxy_webhook_events_total\{outcome="lost"\} 1$/m;
    expect((await admin.ask('/metrics')).text).toMatch(lost);
  });

  it('shows neither address nor secret to an operator who looks at the settings', async () => {
    expect((await admin.ask('/debug/env')).text).not.toContain('hush');
  });
});
